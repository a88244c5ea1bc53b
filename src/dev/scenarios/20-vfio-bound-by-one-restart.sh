# a guest with a passed-through GPU of node 1 that has just started is bound by one restart
name=instance-00000020
uuid=20202020-0000-4000-8000-000000000020
gpu=$(passthrough_gpu 1)
define_guest $name $uuid hostdev="$gpu"
start_guest_on 0 $name || exit 1
first=$(pid_of $name)
check "at first its memory is on node 0, away from its GPU" at_least 99 "$(ram_share "$first" 0)"

publish $name $uuid instance.create.end --format versioned || exit 1
wait_for_outcome 120 $name bound
wait_for 60 "the restarted guest to fill its memory" restarted_and_filled $name "$first"
placement $name
pid=$(pid_of $name)
check "it was restarted" test "$pid" != "$first"
check "its outcome is bound" equals bound "$(outcome_of $name)"
check "its memory is on node 1" at_least 99 "$(ram_share "$pid" 1)"
check "its vCPUs run on node 1" only_on 1 "$pid" vCPU
check "its emulator threads run on node 1" only_on 1 "$pid" emulator

# once more the same message: one restart is all there is
publish $name $uuid instance.create.end --format versioned || exit 1
sleep 5
check "the same message again restarts nothing" equals "$pid" "$(pid_of $name)"
