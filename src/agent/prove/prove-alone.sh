#!/bin/sh
# First process of the namespaces of a proof (isolation by unshare): takes away what a scheduler could reach, then turns itself into
# the program that proves, as the scheduler's account. See unshare-isolation.ts; what was done here is looked at from inside.
#   prove-alone.sh SCRATCH-MIB UID GID CODE HIDDEN… -- PROGRAM…
set -eu
scratch=$1 uid=$2 gid=$3 code=$4
shift 4

as_account() {
  setpriv --reuid "$uid" --regid "$gid" --clear-groups -- "$@"
}

mount --make-rprivate /
mount -t proc -o nosuid,nodev,noexec proc /proc
while [ "$1" != -- ]; do
  [ ! -d "$1" ] || mount -t tmpfs -o ro,mode=000,size=4k tmpfs "$1"
  shift
done
shift
# Sockets of the host lie in these.
for private in /run /var/tmp /dev/shm; do
  [ ! -d "$private" ] || [ -L "$private" ] || mount -t tmpfs -o mode=755,size=4k tmpfs "$private"
done
# Kept in reach: the directory of the program may lie in one that is private here, or closed to the account.
mkdir /run/program
mount --bind "$code" /run/program
# Every file system by itself: a read-only root leaves what is mounted below it as it was. Blanks in a path are \040 there.
while read -r _ _ _ _ point _; do
  point=$(printf '%b' "$point")
  case $point in
    /proc | /proc/*) ;;
    *) mount -o remount,bind,ro "$point" 2>/dev/null || [ ! -d "$point" ] || mount -t tmpfs -o ro,mode=000,size=4k tmpfs "$point" ;;
  esac
done </proc/self/mountinfo
mount -t tmpfs -o nosuid,nodev,mode=700,uid="$uid",gid="$gid",size="${scratch}m" tmpfs /tmp
if ! as_account test -r "$code/package.json"; then
  first=${code#/}
  first=/${first%%/*}
  [ "$first" = /tmp ] || mount -t tmpfs -o mode=755,size=64k tmpfs "$first"
  mkdir -p "$code"
  mount --bind /run/program "$code"
  mount -o remount,bind,ro "$code"
  [ "$first" = /tmp ] || mount -o remount,ro "$first"
fi
ip link set lo up
cd /tmp
exec setpriv --pdeathsig KILL --reuid "$uid" --regid "$gid" --clear-groups --no-new-privs \
  --bounding-set=-all --inh-caps=-all --ambient-caps=-all -- "$@"
