# the same guest, but it has written to its disk: it is not restarted, what needs a start is deferred
name=instance-00000030
uuid=30303030-0000-4000-8000-000000000030
define_guest $name $uuid hostdev="$(passthrough_gpu 1)" writes
start_guest_on 0 $name || exit 1
wait_for 30 "the guest to write" grep -q w /var/lib/libvirt/images/$name.serial
check "libvirt counts what it wrote" equals 512 "$(virsh -q domblkstat $name hda | awk '$2 == "wr_bytes" { print $3 }')"
first=$(pid_of $name)

publish $name $uuid instance.create.end --format versioned || exit 1
wait_for_outcome 60 $name deferred
check "it was not restarted" equals "$first" "$(pid_of $name)"
check "its outcome is deferred" equals deferred "$(outcome_of $name)"
check "the reason is that it has written" has_reason $name has-written
check "its definition places the memory at the next start" equals 1 "$(definition $name /domain/numatune/memory/@nodeset)"
