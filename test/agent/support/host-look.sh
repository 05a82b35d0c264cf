#!/bin/sh
# `host-look.sh service|traffic DIR`: what an agent asks a pretend host again and again, by a shell because a Node takes far longer
# to start. host-command.ts does the rest.
case $1 in
  service)
    [ -r "$2/scheduler.pid" ] && read -r pid <"$2/scheduler.pid"
    # One that ended and was not yet reaped has no command line any more.
    if [ -n "$pid" ] && grep -qs . "/proc/$pid/cmdline"; then
      echo "{\"state\":\"running\",\"pid\":$pid}"
    else
      echo '{"state":"stopped","pid":null}'
    fi
    ;;
  traffic)
    if [ -e "$2/blocked" ]; then echo '{"state":"blocked"}'; else echo '{"state":"open"}'; fi
    ;;
esac
