#!/bin/bash
# A host out of namespaces: "disk" makes what outlives a power cut, "boot" starts systemd on it. See namespace-host.ts.
set -euo pipefail
what=$1 base=$2

disk() {
  mount --make-rprivate /
  mount -t tmpfs -o mode=755 tmpfs "$base"
  mkdir "$base/upper" "$base/work" "$base/root"
  echo ready
  exec sleep infinity
}

boot() {
  local name=$1 project=$2 node=$3 root=$base/root
  shift 3
  mount --make-rprivate /
  mount -t overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" overlay "$root"
  mount -t proc proc "$root/proc"
  mount -t sysfs sysfs "$root/sys"
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
  # Nothing of the machine's own: systemd makes nodes in /dev, and empties /tmp.
  mount -t tmpfs -o mode=755 tmpfs "$root/dev"
  local device unit
  for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
  done
  mkdir "$root/dev/pts" "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
  mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
  mount -t tmpfs -o mode=755 tmpfs "$root/run"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  # The project and its Node, wherever they are and whoever may go there.
  mkdir -p "$root/opt/aurora-chatops"
  mount --bind "$project" "$root/opt/aurora-chatops"
  touch "$root/usr/local/bin/node"
  mount --bind "$node" "$root/usr/local/bin/node"
  while [ $# -gt 1 ]; do
    mkdir -p "$root$2"
    mount --bind "$1" "$root$2"
    shift 2
  done
  # The services of the machine are not those of the host; what is enabled here later stays. Its journal outlives a power cut.
  if [ ! -e "$base/used" ]; then
    rm -rf "$root"/etc/systemd/system/*.wants "$root/etc/nftables.conf" "$root/var/log/journal"
    mkdir -p "$root/var/log/journal"
    tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
    [ -z "$name" ] || echo "$name" >"$root/etc/hostname"
    touch "$base/used"
  fi
  # What would change the machine's kernel, or only costs time.
  for unit in systemd-sysctl.service systemd-modules-load.service systemd-udevd.service systemd-udev-trigger.service \
    systemd-tmpfiles-setup.service systemd-tmpfiles-setup-dev.service timers.target paths.target \
    sys-kernel-debug.mount sys-kernel-tracing.mount sys-fs-fuse-connections.mount dev-hugepages.mount \
    dev-mqueue.mount avahi-daemon.socket; do
    ln -sfn /dev/null "$root/etc/systemd/system/$unit"
  done
  # Plugged in from outside, addresses and all, before anything listens.
  for _ in $(seq 500); do
    [[ $(ip -4 -o addr show dev eth0 2>/dev/null) != *inet* ]] || break
    sleep 0.02
  done
  exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=lxc chroot "$root" \
    /lib/systemd/systemd --system --unit=multi-user.target --log-target=journal --show-status=no
}

"$what" "${@:3}"
