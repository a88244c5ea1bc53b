# Inside the emulated host, sourced after guests.sh: the daemon, messages to it, and checks.
# shellcheck shell=bash

# what the daemon logs when it hears notifications and has looked at all domains
READY_LINE='ready: '

REPOSITORY=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd -P)
CONFIG=(--config-file /out/nova.conf --config-file /out/nova-gpu-binder.conf)
DAEMON_LOG=/out/daemon.log
RECORD=urn:nova-gpu-binder:binding:1
FAILED=0

# the flags make a JVM start sooner under emulation; a look before a restart takes some 400 ms there, ten times as long on a machine
# under load, and goes stale as slowly
BINDER=(java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dnova-gpu-binder.fresh_ms=6000 "-XX:SharedArchiveFile=$REPOSITORY/target/dev/classes.jsa"
    -jar "$REPOSITORY/target/nova-gpu-binder.jar")

# binder COMMAND…: nova-gpu-binder's command line
binder() { "${BINDER[@]}" "$1" "${CONFIG[@]}" "${@:2}"; }

# daemon_launch: starts it, as systemd would; it may be killed and started by a scenario, so its process id is in a file
daemon_launch() {
    wc -l 2>/dev/null <"$DAEMON_LOG" >/run/daemon.log.lines || echo 0 >/run/daemon.log.lines
    setsid "${BINDER[@]}" run "${CONFIG[@]}" </dev/null >>"$DAEMON_LOG" 2>&1 &
    echo $! >/run/daemon.pid
}

# daemon_start: starts it and waits until it hears notifications
daemon_start() {
    daemon_launch
    wait_for 400 "the line '$READY_LINE' in the daemon's log" daemon_is_ready || {
        tail -20 "$DAEMON_LOG"
        return 1
    }
}

daemon_pid() { cat /run/daemon.pid; }

# daemon_log: what it has logged since it was started
daemon_log() { tail -n "+$(($(cat /run/daemon.log.lines) + 1))" "$DAEMON_LOG"; }

daemon_is_ready() {
    # a daemon that has ended will never be ready: do not wait for it
    daemon_runs || return 0
    daemon_log | grep -q "$READY_LINE"
}

daemon_runs() { kill -0 "$(daemon_pid)" 2>/dev/null; }
daemon_has_ended() { ! daemon_runs; }

# publish NAME UUID EVENTS [OPTION…]: recorded notifications, made this guest's, go to the broker; EVENTS by commas.
# A program on the machine outside does it (src/dev/lib/session.sh).
publish() {
    local id=/out/publish/$RANDOM$RANDOM
    # this host's clock, as its nova-compute would write it
    printf '%s\n' --set-domain "$1" --set-uuid "$2" --only "$3" --sent "$(date -u '+%F %T.%6N')" "${@:4}" >"$id.new"
    mv "$id.new" "$id.request"
    wait_for 60 "the messages to be published" test -e "$id.done" || return 1
    [ "$(cat "$id.done")" = 0 ] || {
        cat "$id.log" >&2
        return 1
    }
}

# record_of NAME: nova-gpu-binder's record in the domain's metadata
record_of() { virsh -q metadata "$1" "$RECORD" 2>/dev/null; }

# outcome_of NAME, reasons_of NAME: as the record has them; none while a restart is under way
outcome_of() { record_of "$1" | grep -v "state=[\"']restarting" | sed -n "s/.*<[^>]* outcome=[\"']\([^\"']*\).*/\1/p"; }
reasons_of() { record_of "$1" | grep -o "code=[\"'][^\"']*" | sed "s/.*[\"']//"; }

has_outcome() { [[ " ${*:2} " == *" $(outcome_of "$1") "* ]]; }
has_reason() { reasons_of "$1" | grep -qx "$2"; }

# wait_for_outcome SECONDS NAME OUTCOME…
wait_for_outcome() {
    # not asked again: the record may say something else a moment later
    wait_for "$1" "outcome ${*:3} in the record of $2" outcome_or_no_daemon "${@:2}" &&
        { daemon_runs || has_outcome "${@:2}"; }
}

outcome_or_no_daemon() { has_outcome "$@" || ! daemon_runs; }

# check WHAT COMMAND…: says whether COMMAND succeeds; a failure counts at the end (finish)
check() {
    local what=$1
    shift
    if "$@" >/tmp/check.out 2>&1; then
        echo "    ok      $what"
    else
        echo "    NOT OK  $what"
        sed 's/^/              /' /tmp/check.out
        FAILED=1
    fi
}

# equals EXPECTED ACTUAL: for check
equals() {
    [ "$1" = "$2" ] || {
        echo "expected: $1"
        echo "found:    $2"
        return 1
    }
}

at_least() {
    [ "$2" -ge "$1" ] || {
        echo "expected at least: $1"
        echo "found:             $2"
        return 1
    }
}

# only_on NODE PID KIND: all threads of this kind (vCPU, emulator, iothread) run on CPUs of that node only
only_on() {
    local kind cpus bad=0 found=0
    while read -r kind cpus; do
        [[ $kind == "$3"* ]] || continue
        found=1
        nodes_of "$cpus"
        [ "$NODES_OF" = "$1" ] || {
            echo "$kind: CPUs $cpus, node $NODES_OF"
            bad=1
        }
    done < <(threads_of "$2")
    [ $found = 1 ] && [ $bad = 0 ]
}

# pins_of NAME: what libvirt's definition says about places, for comparing before and after
pins_of() {
    local kind
    for kind in vcpupin emulatorpin "memory mode" memnode; do
        virsh -q dumpxml --inactive "$1" | grep "<$kind" || true
    done
}

# the exit status of a scenario
finish() { exit "$FAILED"; }

# now: seconds since the host's boot, with two decimals; after FROM TO: how long it took
now() { read -r up _ </proc/uptime && echo "$up"; }
after() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f s", b - a }'; }

# For the scenarios

# restart_window that the daemon is configured with, seconds
# shellcheck disable=SC2034
RESTART_WINDOW=$(sed -n 's/^restart_window *= *//p' /out/nova-gpu-binder.conf)

# passthrough_gpu NODE: the PCI address of a GPU on that node that no driver has taken
passthrough_gpu() {
    local device class
    for device in /sys/bus/pci/devices/*; do
        read -r class <"$device/class"
        if [[ $class == 0x03* ]] && [ "$(cat "$device/numa_node")" = "$1" ] && ! [ -e "$device/drm" ] && ! compgen -G "$device/virtio*" >/dev/null; then
            echo "${device##*/}"
            return
        fi
    done
    echo "no GPU for passthrough on node $1: PTGPUS" >&2
    return 1
}

# passthrough_nvme: the PCI address of an NVMe controller
passthrough_nvme() {
    local device class
    for device in /sys/bus/pci/devices/*; do
        read -r class <"$device/class"
        [[ $class != 0x0108* ]] || { echo "${device##*/}" && return; }
    done
    echo "no NVMe controller for passthrough: PTNVMES" >&2
    return 1
}

# until_marked NAME: waits until its definition says that a restart is under way, i.e. for the moment between the daemon's
# define and its destroy. Reads libvirt's file without another process, so that the moment does not pass meanwhile.
until_marked() {
    local text='' end=$((SECONDS + 120))
    until [[ $text == *restarting* ]]; do
        [ $SECONDS -lt $end ] || { echo "no restart of $1 was begun" >&2 && return 1; }
        # it fails at the file's end, which is where it always gets
        { read -r -d '' text <"/etc/libvirt/qemu/$1.xml" || true; } 2>/dev/null
    done
}

# at_the_mark NAME COMMAND…: runs COMMAND at that moment, while the daemon stands still
at_the_mark() {
    local daemon
    daemon=$(daemon_pid)
    until_marked "$1" || return 1
    kill -STOP "$daemon"
    "${@:2}"
    kill -CONT "$daemon"
}

# is_settled NAME: there is a record, and it says nothing of a restart under way
is_settled() {
    local record
    # its lines are several, and one of them has the state
    record=$(record_of "$1") && [ -n "$record" ] && ! grep -q "state=[\"']restarting" <<<"$record"
}

# restarted_and_filled NAME FORMER_PID
restarted_and_filled() { [ "$(pid_of "$1")" != "$2" ] && has_filled "$1"; }

# definition NAME XPATH: the value of that attribute in the domain's definition; empty if there is none
definition() { virsh -q dumpxml --inactive --xpath "$2" "$1" 2>/dev/null | sed 's/^[^"]*"//; s/".*//'; }

# has_render_nodes NAME FORMER WANTED: the wanted one in its definition; in its process as well, unless the daemon says that it
# needs a start, and why it may not be restarted now: then the former
has_render_nodes() {
    local held defined
    held=$(render_nodes_of "$(pid_of "$1")")
    defined=$(definition "$1" /domain/devices/graphics/gl/@rendernode)
    if has_outcome "$1" deferred && has_reason "$1" needs-start; then
        equals "$2 $3" "$held $defined"
    else
        equals "$3 $3" "$held $defined"
    fi
}

# definition_of NAME: the whole of it but for the metadata, where the record comes and goes
definition_of() { virsh -q dumpxml --inactive "$1" | sed '/<metadata>/,/<\/metadata>/d'; }

# says NAME WORD: whether the daemon's log has a line about this guest with that word
says() { grep -F "($1)" "$DAEMON_LOG" | grep -F -- "$2"; }
