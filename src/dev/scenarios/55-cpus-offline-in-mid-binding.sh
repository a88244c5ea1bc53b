# the CPUs that a guest is being pinned to go offline between plan and pin: it runs, and is bound beside a GPU in the end
# long: run by src/dev/test --all, or by its name
name=instance-00000055
uuid=55555555-0000-4000-8000-000000000055
online() { for cpu in 2 3; do echo "$1" >/sys/devices/system/cpu/cpu$cpu/online; done; }
trap 'online 1; remove_all_guests' EXIT
define_guest $name $uuid render=/dev/dri/renderD129

# what is done at libvirt's Started is not what is looked at here
kill -STOP "$(daemon_pid)"
start_guest $name || { kill -CONT "$(daemon_pid)"; exit 1; }
first=$(pid_of $name)
# the moment of the first pin: the plan is made, the other pins are still to come. Read without a fork: they come within
# milliseconds, and after the last one the daemon may well bind the guest to the other node
vcpu=$(grep -l '^CPU 0/' /proc/"$first"/task/*/comm)
on_node_1() {
    local status
    mapfile -t status <"${vcpu%comm}status"
    [[ ${status[*]} =~ Cpus_allowed_list:[[:space:]]*2-3 ]]
}
pin_failed() { daemon_log | grep -q "$name.*failed: cannot pin"; }
daemon=$(daemon_pid)
{
    end=$((SECONDS + 120))
    until on_node_1 || [ $SECONDS -ge $end ]; do :; done
    kill -STOP "$daemon"
    online 0
    kill -CONT "$daemon"
} &
kill -CONT "$daemon"
publish $name $uuid instance.create.end --format versioned || exit 1
wait $!
check "CPUs 2 and 3 are offline" equals 0-1 "$(cat /sys/devices/system/cpu/online)"
wait_for 60 "the failed pin" pin_failed
check "the pin fails, and is told" pin_failed
# it has just started: with the end of its create it may have its one restart, to the GPU whose CPUs are there
wait_for 60 "the daemon's word" says $name instance
sleep 15
check "the guest runs" equals running "$(virsh -q domstate $name)"
check "no half-done restart is on record" equals "" "$(record_of $name | grep restarting)"
echo "    the daemon: $(says $name instance | tail -1 | cut -c1-300)"

online 1
binder bind $name
wait_for_outcome 60 $name bound aligned
check "when they are back it is bound" has_outcome $name bound aligned
pid=$(pid_of $name)
node=$(node_of_render "$(render_nodes_of "$pid")")
check "its vCPUs run on node $node, that of its GPU" only_on "$node" "$pid" vCPU
check "so do its emulator threads" only_on "$node" "$pid" emulator
