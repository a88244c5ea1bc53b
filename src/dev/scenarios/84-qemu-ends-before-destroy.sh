# the guest ends between our define and our destroy: whoever ended it wants it off, so it is not started
# long: run by src/dev/test --all, or by its name
name=instance-00000084
uuid=84848484-0000-4000-8000-000000000084
define_guest $name $uuid placed=1 render=/dev/dri/renderD128
start_guest $name || exit 1
first=$(pid_of $name)
is_off() { [ "$(virsh -q domstate $name)" = "shut off" ]; }
ends() { kill -KILL "$first" && wait_for 30 "libvirt to see that it is off" is_off; }

at_the_mark $name ends &
publish $name $uuid instance.create.end --format versioned || exit 1
wait $! || exit 1
sleep 20
check "it is off" equals "shut off" "$(virsh -q domstate $name)"
check "no half-done restart is on record" equals "" "$(record_of $name | grep restarting)"
check "the daemon says something of it" says $name instance
echo "    the daemon: $(says $name instance | tail -1 | cut -c1-300)"
