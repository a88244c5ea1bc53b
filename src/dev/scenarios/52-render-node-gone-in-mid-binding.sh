# the device file of the render node goes while the restart to it is under way: the guest is not stopped
# long: run by src/dev/test --all, or by its name
name=instance-00000052
uuid=52525252-0000-4000-8000-000000000052
define_guest $name $uuid placed=1 render=/dev/dri/renderD128
start_guest $name || exit 1
first=$(pid_of $name)
before=$(definition_of $name)
trap '[ -e /dev/dri/renderD129 ] || mv /dev/renderD129.gone /dev/dri/renderD129; remove_all_guests' EXIT

at_the_mark $name mv /dev/dri/renderD129 /dev/renderD129.gone &
publish $name $uuid instance.create.end --format versioned || exit 1
wait $! || exit 1
wait_for 120 "the daemon's word" says $name deferred
wait_for 60 "the record to be settled" is_settled $name
check "the daemon says that it is deferred" says $name deferred
check "and which render node is not there" says $name renderD129
check "it was not restarted" equals "$first" "$(pid_of $name)"
check "its definition is as it was" equals "$before" "$(definition_of $name)"
check "no half-done restart is on record" equals "" "$(record_of $name | grep restarting)"
