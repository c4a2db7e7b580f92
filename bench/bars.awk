# ratios -> bars.dat for bench/overhead.gnuplot: a line per work with gcc -O2.
$4 == "-O2" && ($3 == "gcc" || $5 == "xray") {
    name = $1 "/" $2
    if (!(name in seen)) row[++rows] = name
    seen[name] = 1
    value[name, $5, $6] = $7
}
function of(name, variant, measure) {
    return (name, variant, measure) in value ? value[name, variant, measure] : "?"
}
END {
    for (i = 1; i <= rows; i++) {
        n = row[i]
        print n, of(n, "loom", "cpu"), of(n, "control", "cpu"), of(n, "loom", "instructions"), \
            of(n, "finstrument", "cpu"), of(n, "osdi", "cpu"), of(n, "tsan", "cpu"), \
            of(n, "valgrind", "cpu"), of(n, "xray", "cpu")
    }
}
