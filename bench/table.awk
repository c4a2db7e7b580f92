# ratios -> the table that people read; see ratios.awk.
function cell(figure, variant, measure,    key) {
    key = figure " " variant " " measure
    return key in median ? sprintf("%.3f", median[key]) : "-"
}
function spread(figure, variant, measure,    key) {
    key = figure " " variant " " measure
    return key in median ? sprintf("%.3f (%.2f-%.2f)", median[key], least[key], greatest[key]) : "-"
}
# The geometric mean over programs of (over their works) the means; kernels apart.
function mean(setting, variant, measure, wanted,    i, f, parts, sum, n, p, total, count) {
    split("", sum); split("", n)
    for (i = 1; i <= rows; i++) {
        split(row[i], parts, " ")
        if (parts[3] " " parts[4] != setting || (parts[1] == "kernels") != (wanted == "kernels")) continue
        f = row[i] " " variant " " measure
        if (!(f in median)) continue
        sum[parts[1]] += log(median[f]); n[parts[1]]++
    }
    total = 0; count = 0
    for (p in sum) { total += sum[p] / n[p]; count++ }
    return count ? sprintf("%.3f", exp(total / count)) : "-"
}
function is_server(program) { return program == "memcached" || program == "redis" }
function name_of(parts) {
    return parts[1] " " parts[2] (is_server(parts[1]) ? parts[2] == 1 ? " thread" : " threads" : "")
}
{
    figure = $1 " " $2 " " $3 " " $4
    key = figure " " $5 " " $6
    median[key] = $7; least[key] = $8; greatest[key] = $9; runs[key] = $10; base[key] = $11
    if (!(figure in known)) row[++rows] = figure
    known[figure] = 1
    setting = $3 " " $4
    if (!(setting in settings)) { settings[setting] = 1; set[++sets] = setting }
}
END {
    print "Idle cost: no filter installed. Ratios to the original in the same round: median of all pairs"
    print "(least and greatest median of a code layout). control: a copy of the original's file."
    for (s = 1; s <= sets; s++) {
        printf "\n%s\n%-24s %-20s %-20s %-12s %6s %14s\n", set[s], "", "CPU time", "control", "instructions", "pairs", "original"
        for (i = 1; i <= rows; i++) {
            split(row[i], parts, " ")
            if (parts[3] " " parts[4] != set[s] || cell(row[i], "loom", "cpu") == "-") continue
            key = row[i] " loom cpu"
            printf "%-24s %-20s %-20s %-12s %6d %11.2f %s\n", name_of(parts), spread(row[i], "loom", "cpu"), \
                spread(row[i], "control", "cpu"), cell(row[i], "loom", "instructions"), runs[key], \
                is_server(parts[1]) ? base[key] : base[key] / 1000, is_server(parts[1]) ? "us" : "ms"
        }
        for (k = 1; k <= 2; k++) {
            what = k == 1 ? "real programs" : "kernels"
            printf "%-24s %-20s %-20s %-12s\n", "mean: " what, mean(set[s], "loom", "cpu", what), \
                mean(set[s], "control", "cpu", what), mean(set[s], "loom", "instructions", what)
        }
    }
    print "\nLatency of servers under load, ms (original), and ratios to it"
    printf "%-24s %-14s %9s %8s %8s %10s %8s %8s\n", "", "", "p50", "loom", "control", "p99", "loom", "control"
    for (i = 1; i <= rows; i++) {
        split(row[i], parts, " ")
        if (cell(row[i], "loom", "p99") == "-") continue
        printf "%-24s %-14s %9.3f %8s %8s %10.3f %8s %8s\n", name_of(parts), parts[3] " " parts[4], \
            base[row[i] " loom p50"], cell(row[i], "loom", "p50"), cell(row[i], "control", "p50"), \
            base[row[i] " loom p99"], cell(row[i], "loom", "p99"), cell(row[i], "control", "p99")
    }
    peers = split("loom finstrument osdi tsan valgrind xray", peer, " ")
    print "\nPeers, on the same work: CPU time, ratio to the original of the same compiler, -O2 (instructions)"
    print "  finstrument  gcc -finstrument-functions, empty hooks       tsan      gcc -fsanitize=thread"
    print "  osdi         the original LOOM's scheme (bench/peer)       valgrind  --tool=none"
    print "  xray         clang -fxray-instrument, all functions, not patched"
    printf "%-24s", ""
    for (p = 1; p <= peers; p++) printf " %-15s", peer[p]
    print ""
    for (i = 1; i <= rows; i++) {
        split(row[i], parts, " ")
        if (parts[3] " " parts[4] != "gcc -O2") continue
        line = ""
        for (p = 1; p <= peers; p++) {
            f = peer[p] == "xray" ? parts[1] " " parts[2] " clang-19 -O2" : row[i]
            c = cell(f, peer[p], "instructions")
            line = line sprintf(" %-15s", cell(f, peer[p], "cpu") (c == "-" ? "" : " (" c ")"))
        }
        printf "%-24s%s\n", name_of(parts), line
    }
    for (k = 1; k <= 2; k++) {
        what = k == 1 ? "real programs" : "kernels"
        printf "%-24s", "mean: " what
        for (p = 1; p <= peers; p++) {
            f = peer[p] == "xray" ? "clang-19 -O2" : "gcc -O2"
            c = mean(f, peer[p], "instructions", what)
            printf " %-15s", mean(f, peer[p], "cpu", what) (c == "-" ? "" : " (" c ")")
        }
        print ""
    }
}
