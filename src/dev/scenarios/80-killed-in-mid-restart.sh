# the daemon is killed after it has stopped a guest and before it has started it again: the next one starts it
# long: run by src/dev/test --all, or by its name
name=instance-00000080
uuid=80808080-0000-4000-8000-000000000080
define_guest $name $uuid placed=1 render=/dev/dri/renderD128
start_guest $name || exit 1
first=$(pid_of $name)
victim=$(daemon_pid)

# SIGKILL as soon as the guest's QEMU is gone: libvirtd has still to tidy up after it before the daemon gets its answer
while kill -0 "$first"; do :; done 2>/dev/null && kill -KILL "$victim" && now >/tmp/off &
publish $name $uuid instance.create.end --format versioned || exit 1
wait_for 120 "the daemon to be killed" daemon_has_ended || exit 1
wait
check "the guest is off" equals "shut off" "$(virsh -q domstate $name)"
check "its definition says that a restart is under way" grep -q "state=[\"']restarting" <(virsh -q metadata --config $name $RECORD)

# the unit's RestartSec has passed meanwhile
begins=$(now)
daemon_launch
wait_for 60 "the guest to run" runs $name || exit 1
runs=$(now)
wait_for 60 "the next daemon to be ready" daemon_is_ready
wait_for_outcome 60 $name bound
off=$(cat /tmp/off)
echo "    it was off for $(after "$off" "$runs"), of which $(after "$begins" "$runs") with the next daemon: a JVM's start and QEMU's, both emulated"
pid=$(pid_of $name)
check "it is another QEMU process" test "$first" != "$pid"
check "it holds the render node of its node open" equals /dev/dri/renderD129 "$(render_nodes_of "$pid")"
check "its outcome is bound" equals bound "$(outcome_of $name)"
check "no half-done restart is on record" equals "" "$(record_of $name | grep restarting)"
check "the daemon says that it has finished the restart" grep "starting it" <(daemon_log)

# the message that the killed daemon had not acknowledged has come again
sleep 5
check "the message restarts nothing once more" equals "$pid" "$(pid_of $name)"
