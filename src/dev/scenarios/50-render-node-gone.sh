# the render node that the guest should get has no device file: the guest is left as it is
name=instance-00000050
uuid=50505050-0000-4000-8000-000000000050
define_guest $name $uuid placed=1 render=/dev/dri/renderD128
start_guest $name || exit 1
first=$(pid_of $name)
before=$(definition_of $name)
mv /dev/dri/renderD129 /dev/renderD129.gone
trap 'mv /dev/renderD129.gone /dev/dri/renderD129; remove_all_guests' EXIT

publish $name $uuid instance.create.end --format versioned || exit 1
wait_for 60 "the daemon's word" says $name failed
check "the daemon says that it failed" says $name failed
check "and which render node is not there" says $name renderD129
check "it was not restarted" equals "$first" "$(pid_of $name)"
check "its definition is as it was" equals "$before" "$(definition_of $name)"
