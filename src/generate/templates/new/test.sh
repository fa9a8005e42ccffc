#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Runs the program in this kernel while a command makes events happen, and looks at what it prints.
trigger=${1:-'for i in 1 2 3 4 5; do sh -c "ls / | cat >/dev/null; sleep 0.05"; done'}
out=$(mktemp) err=$(mktemp)
trap 'rm -f "$out" "$err"' EXIT

fail() {
	echo "FAILED: $*"
	tail -12 "$err"
	head -5 "$out"
	exit 1
}

./program --klog debug >"$out" 2>"$err" &
program=$!
for _ in $(seq 100); do
	grep -q ready "$err" && break
	kill -0 $program 2>/dev/null || fail "it ended before it was ready"
	sleep 0.1
done
sh -c "$trigger" >/dev/null 2>&1
sleep 0.3
kill -INT $program
wait $program || fail "it ended with $?"

sum=$(grep '^seen ' "$err") || fail "it did not tell the sum"
events=$(grep -c ' TEMPLATE_NAME: ' "$out")
logs=$(grep -c 'TEMPLATE_TRACEPOINT: ' "$out")
case $sum in
"seen "*" = printed $events "*) ;;
*) fail "$sum, but $events lines" ;;
esac
if [ "$events" = 0 ]; then
	echo "passed, but no event came: make test TRIGGER=\"a command that causes one\""
	exit 0
fi
[ "$logs" -gt 0 ] || fail "no log line came from the kernel"
grep ' TEMPLATE_NAME: ' "$out" | head -3
echo "passed: $sum; $logs log lines"
