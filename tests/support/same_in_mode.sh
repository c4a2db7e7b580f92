# For scripts that have $build/testrt.so, a rewritten $program, and in $work/want what the original said:
# same COMPILER FLAGS MODE: in that mode of testrt.c the program says the same. Counts go to $work/count.
same() {
    LOOM_RT=$build/testrt.so LOOM_TEST=$3 LOOM_TEST_LOG=$work/count timeout 20 "$program" >"$work/got" 2>&1
    echo "status $?" >>"$work/got"
    if cmp -s "$work/want" "$work/got"; then echo "ok $1 $2 $3"; else
        echo "not ok $1 $2 $3"
        diff "$work/want" "$work/got" | head -n 5
    fi
}
