# libvirtd stands still for 25 s when a restart is on record, then goes on: the guest runs, started once
# long: run by src/dev/test --all, or by its name
name=instance-00000083
uuid=83838383-0000-4000-8000-000000000083
define_guest $name $uuid placed=1 render=/dev/dri/renderD128
start_guest $name || exit 1
victim=$(libvirtd_pid)

{ until_marked $name && kill -STOP "$victim" && sleep 25 && kill -CONT "$victim"; } &
publish $name $uuid instance.create.end --format versioned || exit 1
wait $! || exit 1
wait_for 120 "the record to be settled" is_settled $name
wait_for 60 "the guest to run" runs $name
check "the guest runs" runs $name
check "no half-done restart is on record" is_settled $name
check "an outcome and its reason are told" test -n "$(outcome_of $name)" -a -n "$(reasons_of $name)"
echo "    $(outcome_of $name): $(reasons_of $name | tr '\n' ' ')"
check "definition and process have the render nodes that go with it" has_render_nodes $name /dev/dri/renderD128 /dev/dri/renderD129
pid=$(pid_of $name)
sleep 20
check "nothing is restarted later" equals "$pid" "$(pid_of $name)"
