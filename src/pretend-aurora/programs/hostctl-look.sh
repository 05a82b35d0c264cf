#!/bin/sh
# `hostctl-look.sh service|traffic HOST-DIR`: what an agent asks a pretend host several times a second, answered as JSON. It is a
# shell's because a Node takes far longer to start. The same files are read by scheduler-service.ts and traffic.ts.
directory=$2

# One that ended and was not yet reaped has no command line any more, and one that was given the pid since has another.
runs() {
  if [ -r /proc/self/cmdline ]; then
    grep -qsF "$directory/world.json" "/proc/$1/cmdline"
  else
    kill -0 "$1" 2>/dev/null
  fi
}

case $1 in
  service)
    pid=
    for file in scheduler.pid scheduler.pid.stopping; do
      [ -z "$pid" ] && [ -r "$directory/$file" ] && read -r pid <"$directory/$file"
    done
    if [ -n "$pid" ] && runs "$pid"; then
      echo "{\"state\":\"running\",\"pid\":$pid,\"restarts\":0}"
    else
      echo '{"state":"stopped","pid":null,"restarts":0}'
    fi
    ;;
  traffic)
    traffic=open
    [ -r "$directory/traffic" ] && read -r traffic <"$directory/traffic"
    echo "{\"state\":\"$traffic\"}"
    ;;
  *)
    echo 'usage: hostctl-look.sh service|traffic HOST-DIR' >&2
    exit 2
    ;;
esac
