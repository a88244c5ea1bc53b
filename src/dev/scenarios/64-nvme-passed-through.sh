# a guest with a passed-through NVMe beside its GPU can have written what nobody has seen: it is not restarted
name=instance-00000064
uuid=64646464-0000-4000-8000-000000000064
define_guest $name $uuid hostdev="$(passthrough_gpu 1)" hostdev="$(passthrough_nvme)"
start_guest_on 0 $name || exit 1
first=$(pid_of $name)

publish $name $uuid instance.create.end --format versioned || exit 1
# not a sweep's before: a line about Nova's task names its request
wait_for 120 "the daemon's word about Nova's task" says $name req-
wait_for_outcome 30 $name deferred
check "its outcome is deferred" equals deferred "$(outcome_of $name)"
check "it was not restarted" equals "$first" "$(pid_of $name)"
check "its definition places the memory at the next start" equals 1 "$(definition $name /domain/numatune/memory/@nodeset)"
echo "    reasons: $(reasons_of $name | tr '\n' ' ')"
