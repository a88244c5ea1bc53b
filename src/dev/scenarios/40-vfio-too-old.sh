# the same guest, but Nova's message comes when it has run for longer than restart_window: it is not restarted
# long: run by src/dev/test --all, or by its name
name=instance-00000040
uuid=40404040-0000-4000-8000-000000000040
define_guest $name $uuid hostdev="$(passthrough_gpu 1)"
start_guest_on 0 $name || exit 1
first=$(pid_of $name)
sleep $((RESTART_WINDOW + 1))

publish $name $uuid instance.create.end --format versioned || exit 1
wait_for_outcome 60 $name deferred
check "it was not restarted" equals "$first" "$(pid_of $name)"
check "its outcome is deferred" equals deferred "$(outcome_of $name)"
check "the reason is that it runs too long" has_reason $name runs-too-long
check "its definition places the memory at the next start" equals 1 "$(definition $name /domain/numatune/memory/@nodeset)"
