#!/bin/bash
# initctl of an upstart that is not to be had any more: says what initctl(8) and the Upstart Cookbook document, of one job.
#   fake-initctl.sh DIRECTORY COMMAND [--no-wait] [JOB]
# The job runs DIRECTORY/run.sh; its files are DIRECTORY/init/JOB.conf and JOB.override. `emit startup` is what a boot does.
dir=$1 command=$2
shift 2
[[ ${1-} == --no-wait ]] && shift
job=${1-}
conf=$dir/init/$job.conf override=$dir/init/$job.override pid_file=$dir/scheduler.pid
fail() {
  echo "initctl: $1" >&2
  exit 1
}
running() {
  pid=$(cat "$pid_file" 2>/dev/null) && kill -0 "$pid" 2>/dev/null && ! grep -q '^State:.Z' "/proc/$pid/status"
}
stanzas() { cat "$dir/init/$1.conf" "$dir/init/$1.override" 2>/dev/null; }
start() {
  running && fail "Job is already running: $1"
  pre_start=$(stanzas "$1" | sed -n 's/^pre-start exec //p' | tail -1)
  ${pre_start:-true} || fail 'Job failed to start'
  setsid /bin/sh "$dir/run.sh" >/dev/null 2>&1 &
  echo $! >"$pid_file"
  echo "$1 start/running, process $!"
}
case $command in
  reload-configuration) exit 0 ;;
  emit)
    for each in "$dir"/init/*.conf; do
      name=$(basename "$each" .conf)
      stanzas "$name" | grep -q '^manual$' || start "$name"
    done
    exit 0
    ;;
esac
[[ -e $conf ]] || fail "Unknown job: $job"
case $command in
  status)
    if running; then echo "$job start/running, process $pid"; else echo "$job stop/waiting"; fi
    ;;
  start) start "$job" ;;
  stop)
    running || fail 'Unknown instance: '
    kill "$pid"
    echo "$job stop/killed, process $pid"
    ;;
  *) fail "invalid command: $command" ;;
esac
