# the guest does not start with the render node that it should get: its former definition runs again
name=instance-00000060
uuid=60606060-0000-4000-8000-000000000060
define_guest $name $uuid placed=1 render=/dev/dri/renderD128
start_guest $name || exit 1
first=$(pid_of $name)
before=$(definition_of $name)
# a device file without a device: nobody sees that before QEMU cannot open it
mv /dev/dri/renderD129 /dev/renderD129.good
mknod -m 666 /dev/dri/renderD129 c 226 190
trap 'mv /dev/renderD129.good /dev/dri/renderD129; remove_all_guests' EXIT

publish $name $uuid instance.create.end --format versioned || exit 1
wait_for_outcome 120 $name failed
pid=$(pid_of $name)
check "its outcome is failed" equals failed "$(outcome_of $name)"
check "the reason is that the restart failed" has_reason $name restart-failed
check "it runs" equals running "$(virsh -q domstate $name)"
check "the restart was tried: it is another QEMU process" test "$first" != "$pid"
check "it holds its former render node open" equals /dev/dri/renderD128 "$(render_nodes_of "$pid")"
check "its definition is as it was" equals "$before" "$(definition_of $name)"
check "no half-done restart is on record" equals "" "$(record_of $name | grep restarting)"

# once more the same message: what failed is not tried again
publish $name $uuid instance.create.end --format versioned || exit 1
sleep 5
check "the same message again restarts nothing" equals "$pid" "$(pid_of $name)"
