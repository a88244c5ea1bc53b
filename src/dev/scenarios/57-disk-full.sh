# no room where libvirt keeps its definitions, before a binding and in the middle of one: the guest runs, and the daemon says why
# long: run by src/dev/test --all, or by its name
name=instance-00000057
uuid=57575757-0000-4000-8000-000000000057
state=/etc/libvirt/qemu
mkdir -p /run/former
mount --bind $state /run/former
mount -t tmpfs -o size=64k small $state
cp -a /run/former/. $state/ 2>/dev/null
trap 'rm -f $state/filler; remove_all_guests; umount $state; umount /run/former' EXIT
full() { dd if=/dev/zero of=$state/filler bs=4k 2>/dev/null; return 0; }
define_guest $name $uuid placed=1 render=/dev/dri/renderD128 || exit 1
start_guest $name || exit 1
first=$(pid_of $name)
before=$(definition_of $name)

full
publish $name $uuid instance.create.end --format versioned || exit 1
wait_for 60 "the daemon's word" says $name failed
check "the daemon says that it failed" says $name failed
check "and why" says $name "No space left on device"
check "it was not restarted" equals "$first" "$(pid_of $name)"
check "its definition is as it was" equals "$before" "$(definition_of $name)"

# another start, and the room ends when the restart has begun
rm $state/filler
virsh -q destroy $name
start_guest $name || exit 1
first=$(pid_of $name)
at_the_mark $name full &
publish $name $uuid instance.create.end --format versioned || exit 1
wait $! || exit 1
sleep 20
wait_for 60 "the guest to run" runs $name
check "the guest runs" runs $name
echo "    the daemon: $(says $name instance | tail -1 | cut -c1-300)"
rm $state/filler
# what could not be written is written as soon as it can be
binder bind $name
wait_for 30 "the record to be settled" is_settled $name
check "with room again no half-done restart is on record" is_settled $name
check "the guest runs" runs $name
