# runs -> ratios: for each figure the ratio to the original of the same layout and round.
#
# Out: PROGRAM WORK COMPILER OPT VARIANT MEASURE MEDIAN LEAST GREATEST RUNS ORIGINAL; median of all pairs,
# least and greatest median of a layout, how many pairs, and the original's median itself. The peer
# valgrind, and control's instructions, are compared with the same original.
function sorted_median(list, n,    i, j, t) {
    for (i = 2; i <= n; i++) {
        t = list[i]
        for (j = i - 1; j > 0 && list[j] > t; j--) list[j + 1] = list[j]
        list[j + 1] = t
    }
    return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}
# The median of the words of a string
function median(words,    list, n, i) {
    n = split(words, list, " ")
    for (i = 1; i <= n; i++) list[i] += 0
    return sorted_median(list, n)
}
{
    figure = $1 " " $2 " " $3 " " $4
    pair = $6 " " $7 " " $8
    if ($5 == "original") base[figure, pair] = $9
    key = figure " " $5 " " $6
    if (!(key in seen)) order[++keys] = key
    seen[key] = 1
    n = ++pairs[key]
    of[key, n] = figure SUBSEP pair
    layout[key, n] = $7
    value[key, n] = $9
}
END {
    for (k = 1; k <= keys; k++) {
        key = order[k]
        all = ""; bases = ""; used = 0
        split("", by)
        for (i = 1; i <= pairs[key]; i++) {
            if (!(of[key, i] in base) || base[of[key, i]] == 0) continue
            ratio = value[key, i] / base[of[key, i]]
            all = all " " ratio
            bases = bases " " base[of[key, i]]
            by[layout[key, i]] = by[layout[key, i]] " " ratio
            used++
        }
        if (!used) continue
        least = ""; greatest = ""
        for (l in by) {
            m = median(by[l])
            if (least == "" || m < least) least = m
            if (greatest == "" || m > greatest) greatest = m
        }
        printf "%s %.4f %.4f %.4f %d %.6g\n", key, median(all), least, greatest, used, median(bases)
    }
}
