# libvirtd is killed when the guest is off in mid-restart: a lost connection is no bad definition, the guest starts with the new one
# long: run by src/dev/test --all, or by its name
name=instance-00000082
uuid=82828282-0000-4000-8000-000000000082
define_guest $name $uuid placed=1 render=/dev/dri/renderD128
start_guest $name || exit 1
first=$(pid_of $name)
victim=$(libvirtd_pid)

{ until is_gone "$first"; do :; done; kill -KILL "$victim"; } &
publish $name $uuid instance.create.end --format versioned || exit 1
wait_for 120 "libvirtd to be killed" is_gone "$victim" || exit 1
libvirtd_start || exit 1
wait_for 120 "the guest to run" runs $name
wait_for_outcome 120 $name bound failed
check "the guest runs" runs $name
check "it is another QEMU process" test "$first" != "$(pid_of $name)"
check "its outcome is bound" equals bound "$(outcome_of $name)"
check "it holds the render node of its node open" equals /dev/dri/renderD129 "$(render_nodes_of "$(pid_of $name)")"
check "no half-done restart is on record" is_settled $name
