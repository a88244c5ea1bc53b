# Inside the emulated host, sourced after checks.sh: the two guests of the demo, and what must hold of them.
# shellcheck shell=bash

PLACED=instance-0000000a
PLACED_UUID=0a0a0a0a-1111-4111-8111-000000000001
FREE=instance-0000000b
FREE_UUID=0b0b0b0b-2222-4222-8222-000000000002

# as Nova does; the free one's memory is to fall on node 0 (start_guest_on), its render node is on node 1
define_two_guests() {
    define_guest $FREE $FREE_UUID render=/dev/dri/renderD129
    define_guest $PLACED $PLACED_UUID placed=1 render=/dev/dri/renderD128
}

# what Nova decided about the placed guest
remember_placed_guest() { PINS_BEFORE=$(pins_of $PLACED); }

# publish_create NAME UUID
publish_create() { publish "$1" "$2" instance.create.start,instance.update,instance.create.end --format versioned; }

# the render node of either is only taken at a start, so both have been started once more when they are bound; until Nova's
# messages are there the first sweep leaves one deferred
wait_for_two_guests() {
    wait_for_outcome 150 $PLACED bound aligned failed refused &&
        wait_for_outcome 150 $FREE bound aligned failed refused &&
        wait_for 60 "$PLACED to fill its memory" has_filled $PLACED &&
        wait_for 60 "$FREE to fill its memory" has_filled $FREE
}

check_two_guests() {
    local pid render node
    pid=$(pid_of $PLACED)
    check "$PLACED: its outcome is bound" equals bound "$(outcome_of $PLACED)"
    check "$PLACED: QEMU holds the render node of its node open" equals /dev/dri/renderD129 "$(render_nodes_of "$pid")"
    check "$PLACED: Nova's pins are untouched" equals "$PINS_BEFORE" "$(pins_of $PLACED)"
    check "$PLACED: its vCPUs run on node 1" only_on 1 "$pid" vCPU

    pid=$(pid_of $FREE)
    render=$(render_nodes_of "$pid")
    check "$FREE: its outcome is bound" equals bound "$(outcome_of $FREE)"
    check "$FREE: QEMU holds one render node open" test -e "$render"
    [ -e "$render" ] || return 0
    node=$(node_of_render "$render")
    check "$FREE: its vCPUs run on node $node, that of ${render##*/}" only_on "$node" "$pid" vCPU
    check "$FREE: its emulator threads run on node $node" only_on "$node" "$pid" emulator
    check "$FREE: its iothread runs on node $node" only_on "$node" "$pid" iothread
    check "$FREE: at least 95 % of its resident memory is on node $node" at_least 95 "$(memory_share "$pid" "$node")"
}
