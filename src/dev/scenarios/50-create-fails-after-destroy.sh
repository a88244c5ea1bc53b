# the render node that the guest should get is gone when it is started again: its former definition runs on
name=instance-00000050
uuid=50505050-0000-4000-8000-000000000050
define_guest $name $uuid placed=1 render=/dev/dri/renderD128
start_guest $name || exit 1
first=$(pid_of $name)
before=$(pins_of $name)
mv /dev/dri/renderD129 /dev/renderD129.gone
trap 'mv /dev/renderD129.gone /dev/dri/renderD129; remove_all_guests' EXIT

publish $name $uuid instance.create.end --format versioned || exit 1
wait_for_outcome 120 $name failed
check "its outcome is failed" equals failed "$(outcome_of $name)"
check "it runs" equals running "$(virsh -q domstate $name)"
check "a restart was tried: it is another QEMU process" test "$first" != "$(pid_of $name)"
check "it holds its former render node open" equals /dev/dri/renderD128 "$(render_nodes_of "$(pid_of $name)")"
check "its definition names its former render node" equals /dev/dri/renderD128 \
    "$(definition $name /domain/devices/graphics/gl/@rendernode)"
check "Nova's pins are untouched" equals "$before" "$(pins_of $name)"
check "no half-done restart is on record" test "$(record_of $name | grep -c restarting)" = 0
