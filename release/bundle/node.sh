#!/bin/sh
# The Node of this bundle, with its own loader: what process.execPath is here, so that the program's children start in the same way.
here=$(CDPATH='' cd -P "${0%/*}/.." && pwd) || exit 1
exec "$here/lib/ld-linux-x86-64.so.2" --inhibit-cache --library-path "$here/lib" --argv0 node \
  "$here/lib/node" --require "$here/lib/exec-path.cjs" "$@"
