#!/bin/sh
# Starts the program of this bundle with the Node, the C library and the loader that came with it, from wherever the bundle was
# unpacked, through any symbolic links. Needs sh, readlink and uname of the host, and no library.
if [ "$(uname -s) $(uname -m)" != 'Linux x86_64' ]; then
  echo "This bundle is for Linux on x86_64, and this machine is $(uname -s) on $(uname -m)." >&2
  echo 'Install the npm package instead, with Node 24 for this machine.' >&2
  exit 1
fi
case $0 in */*) self=$0 ;; *) self=./$0 ;; esac
while [ -h "$self" ]; do
  link=$(readlink "$self")
  case $link in /*) self=$link ;; *) self=${self%/*}/$link ;; esac
done
here=$(CDPATH='' cd -P "${self%/*}/.." && pwd) || exit 1
exec "$here/bin/node" "$here/lib/aurora-chatops/bin/aurora-chatops.cjs" "$@"
