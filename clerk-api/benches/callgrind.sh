#!/bin/sh
# Instructions a create beside plain reqwest: clerk-api/benches/callgrind.sh
# Needs valgrind (`apt-get install valgrind`). Two runs of each contender under callgrind, with few and with many calls:
# the difference is what the calls cost, without the start. The server is a process of its own and isn't counted.
set -eu
few=500 many=1500

command -v valgrind >/dev/null || {
    echo "this needs valgrind, which is not installed: apt-get install valgrind" >&2
    exit 2
}
cd "$(dirname "$0")/../.."
bench=$(cargo bench -p clerk-api --bench calls --no-run 2>&1 | sed -n 's/.*Executable.*(\(.*\))$/\1/p')
[ -x "$bench" ] || {
    echo "the bench doesn't build: cargo bench -p clerk-api --bench calls --no-run" >&2
    exit 2
}

instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bench" --only "$1" "$2" 2>&1 |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

plain=
echo "| contender | instructions a create |"
echo "|---|---|"
for contender in "plain reqwest" "plain, same headers, time limit" "Clerk"; do
    low=$(instructions "$contender" $few)
    high=$(instructions "$contender" $many)
    each=$(((high - low) / (many - few)))
    plain=${plain:-$each}
    ratio=$(awk "BEGIN { printf \"%.3f\", $each / $plain }")
    echo "| $contender | $each ($ratio) |"
done
