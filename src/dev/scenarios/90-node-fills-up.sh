# a node is filled to the brim beside a guest that is bound to it softly: the guest goes on, and hard bindings are refused
# long: run by src/dev/test --all, or by its name
name=instance-00000090
uuid=90909090-0000-4000-8000-000000000090
define_guest $name $uuid render=/dev/dri/renderD129
# its memory is still to come
rm -f /var/lib/libvirt/images/$name.serial
virsh -q start --paused $name >/dev/null || exit 1
publish $name $uuid instance.create.end --format versioned || exit 1
wait_for_outcome 60 $name bound || exit 1
pid=$(pid_of $name)
check "it is bound to node 1" only_on 1 "$pid" vCPU

free_kib() { awk '/MemFree/ { print $4 }' "/sys/devices/system/node/node$1/meminfo"; }
# what another process writes, as long as node 1 has room for it
mkdir -p /run/filler
mount -t tmpfs -o "mpol=prefer:1,size=$(free_kib 1)k" filler /run/filler
trap 'umount /run/filler; remove_all_guests' EXIT
dd if=/dev/zero of=/run/filler/file bs=1M 2>/dev/null || true
echo "    node 1 has $(($(free_kib 1) / 1024)) MiB left, the guest wants $((MEMORY_KIB / 1024))"

virsh -q resume $name >/dev/null
wait_for 120 "$name to fill its memory" has_filled $name
placement $name
check "the guest goes on" runs $name
check "in the same process" equals "$pid" "$(pid_of $name)"
check "nobody was killed for want of memory" equals "" "$(dmesg | grep -i 'out of memory')"
check "its vCPUs run beside its GPU still" only_on 1 "$pid" vCPU
check "more than half of its new pages are elsewhere" at_least 50 "$(ram_share "$pid" 0)"
binder status $name | sed 's/^/    /'
binder status --json $name >/tmp/status.json
check "status says that its memory is elsewhere" at_least 50 "$(sed -n 's/.*"0" : \([0-9]*\).*/\1/p' /tmp/status.json | head -1)"
check "and why" grep -q memory-full /tmp/status.json

# the same for a guest that must not be elsewhere, and whose GPU hangs on that node
hard=instance-00000091
hard_uuid=91919191-0000-4000-8000-000000000091
define_guest $hard $hard_uuid hostdev="$(passthrough_gpu 1)"
start_guest_on 0 $hard || exit 1
first=$(pid_of $hard)
publish $hard $hard_uuid instance.create.end --format versioned --extra-spec gpu_binder:policy=required || exit 1
wait_for 60 "the daemon's word" says $hard refused
check "the hard binding is refused beforehand" says $hard refused
check "that guest was not restarted" equals "$first" "$(pid_of $hard)"
