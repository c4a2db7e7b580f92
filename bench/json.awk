# ratios -> JSON: a list of objects; see ratios.awk.
BEGIN { printf "[" }
{
    printf "%s\n  {\"program\": \"%s\", \"work\": \"%s\", \"compiler\": \"%s\", \"opt\": \"%s\", ", \
        (NR > 1 ? "," : ""), $1, $2, $3, $4
    printf "\"variant\": \"%s\", \"measure\": \"%s\", \"median\": %s, \"least\": %s, \"greatest\": %s, ", \
        $5, $6, $7, $8, $9
    printf "\"pairs\": %s, \"original\": %s}", $10, $11
}
END { print "\n]" }
