# table.sh: the figures of bugs, for corpus/run. Sourced.
#
# A row has fields, KEY VALUE per line, in a file of $top/rows; the tables are made of all files.

row_begin() { row_fields=; }

# row KEY VALUE...
row() {
    while [ $# -gt 0 ]; do
        row_fields="$row_fields$1 $2
"
        shift 2
    done
}

row_end() {
    printf '%s' "$row_fields" >"$top/rows/$name.$filter"
}

# table.json: a list of objects; what looks like a number is one
write_json() {
    for file in "$top"/rows/*; do
        [ -e "$file" ] || continue
        awk '{
            key = $1; value = substr($0, length($1) + 2)
            gsub(/[\\"]/, "\\\\&", value)
            if (value !~ /^-?[0-9]+(\.[0-9]+)?$/) value = "\"" value "\""
            printf "%s\"%s\":%s", NR == 1 ? "{" : ",", key, value
        } END { print "}" }' "$file"
    done | awk '{ printf "%s%s", NR == 1 ? "[\n" : ",\n", $0 } END { print NR ? "\n]" : "[]" }'
}

write_text() {
    printf '%-16s %-12s %5s %10s %8s %8s %8s %11s %8s %8s %14s %12s\n' bug filter l/ops 'unforced %' 'forced %' \
        'expose %' control 'with' 'after %' 'force ms' 'pause/quiet ms' 'cost/control'
    for file in "$top"/rows/*; do
        [ -e "$file" ] || continue
        awk '
            function rate(what) { return sprintf("%.3g", 100 * f[what "_bad"] / f[what "_rounds"]) }
            { f[$1] = substr($0, length($1) + 2) }
            END {
                control = f["control_unforced_bad"] + f["control_forced_bad"] + f["control_exposed_bad"]
                played = f["control_unforced_rounds"] + f["control_forced_rounds"]
                played += f["control_exposed_rounds"]
                printf "%-16s %-12s %5s %10s %8s %8s %8s %11s %8s %8s %14s %12s\n", f["name"], f["filter"],
                    f["lines"] "/" f["operations"], rate("unforced"), rate("forced"), rate("exposed"), control "/" played,
                    f["with_bad"] "/" f["with_rounds"], rate("after"), f["install_ms"],
                    f["gap_ms"] "/" f["quiet_gap_ms"],
                    f["cost"] ? sprintf("%.2f/%.2f", f["cost"], f["cost_control"]) : "-"
            }' "$file"
    done
}

write_tables() {
    write_json >"$top/table.json"
    write_text >"$top/table.txt"
    echo
    cat "$top/table.txt"
}
