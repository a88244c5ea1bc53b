# policy required: the memory of a running guest is moved and held on the node of its render node, without a restart
name=instance-00000070
uuid=70707070-0000-4000-8000-000000000070
define_guest $name $uuid render=/dev/dri/renderD129
start_guest_on 0 $name || exit 1
wait_for 60 "$name to fill its memory" has_filled $name || exit 1
first=$(pid_of $name)
check "at first its memory is on node 0, away from its GPU" at_least 80 "$(memory_share "$first" 0)"

publish $name $uuid instance.create.end --format versioned --extra-spec gpu_binder:policy=required || exit 1
wait_for_outcome 120 $name bound
placement $name
check "it was not restarted" equals "$first" "$(pid_of $name)"
check "at least 95 % of its resident memory is on node 1" at_least 95 "$(memory_share "$first" 1)"
check "its vCPUs run on node 1" only_on 1 "$first" vCPU
check "the running domain is held there" equals restrictive "$(virsh -q dumpxml --xpath /domain/numatune/memory/@mode $name | sed 's/^[^"]*"//; s/".*//')"
check "so is its definition" equals restrictive "$(definition $name /domain/numatune/memory/@mode)"
check "status says bound" equals bound "$(binder status --json $name | sed -n 's/.*"outcome" : "\([a-z]*\)".*/\1/p' | head -1)"
