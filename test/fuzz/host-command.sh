#!/bin/sh
# The commands of the fuzzed host: every one that changes something says for whom. $1 is its directory, $2 what to do.
dir=$1 verb=$2
changed() { echo "${AURORA_OPERATION_ID:-nobody} $verb" >>"$dir/effects.log"; }
case $verb in
  status) if [ -e "$dir/running" ]; then echo "{\"state\":\"running\",\"pid\":$(cat "$dir/running")}"; else echo '{"state":"stopped","pid":null}'; fi ;;
  # A process that lives as long as the fuzzer stands for the scheduler.
  start) changed; cat "$dir/pretend.pid" >"$dir/running" ;;
  stop | kill) changed; rm -f "$dir/running" ;;
  traffic) if [ -e "$dir/blocked" ]; then echo '{"state":"blocked"}'; else echo '{"state":"open"}'; fi ;;
  block) changed; : >"$dir/blocked" ;;
  unblock) changed; rm -f "$dir/blocked" ;;
  initialize)
    changed
    mkdir -p "$dir/db"
    for name in 000004.log CURRENT LOCK LOG MANIFEST-000002; do : >"$dir/db/$name"; done
    echo 'replica.cpp:795] Replica recovered with log positions 0 -> 0 with 1 holes and 0 unlearned' >&2
    echo 'replica.cpp:322] Persisted replica status to VOTING' >&2
    ;;
esac
