# A RabbitMQ on this machine, an emulated host that reaches it, and somebody who publishes notifications when a script on
# the emulated host asks for it; sourced after common.sh and rabbit.sh by src/dev/test and src/dev/demo.
# shellcheck shell=bash

SESSION=$REPO/target/dev
JAR=$REPO/target/nova-gpu-binder.jar
COMPUTE_HOST=gpu-host-1
PACKAGES="qemu-system-x86 qemu-system-gui libvirt-daemon-system libvirt-clients libvirt0 libxml2-utils rabbitmq-server
    swtpm swtpm-tools socat busybox-static binutils cpio kmod xz-utils bzip2 hwloc numactl udev libegl1 libgl1 libgl1-mesa-dri prometheus fish zsh"

# what is missing of everything that building, testing and the emulated host need
install_packages() {
    local more=()
    { command -v javac && javac -version 2>&1 | awk '{ exit !(int($2) >= 17) }'; } >/dev/null || more+=(openjdk-17-jdk-headless)
    command -v mvn >/dev/null || more+=(maven)
    # newer Debian: QEMU's OpenGL displays are a package of their own
    ! apt-cache show qemu-system-modules-opengl >/dev/null 2>&1 || more+=(qemu-system-modules-opengl)
    # shellcheck disable=SC2086
    packages $PACKAGES "${more[@]}"
}

# session_start RESTART_WINDOW: all of it (PTGPUS, PTNVMES and the like go on to emulated-host); session_stop ends all of it, whenever it is called
session_start() {
    SESSION_TMP=$(mktemp -d)
    chmod 755 "$SESSION_TMP"
    rm -rf "$SESSION/out"
    mkdir -p "$SESSION/out/publish"
    "$DEV/emulated-host" setup
    say "starting a private RabbitMQ, and meanwhile the emulated host"
    rabbit_start "$SESSION_TMP/rabbit"
    cat >"$SESSION/out/nova.conf" <<CONF
[DEFAULT]
host = $COMPUTE_HOST
transport_url = rabbit://openstack:secret@127.0.0.1:$RABBIT_PORT/
cpu_allocation_ratio = 4
[libvirt]
virt_type = qemu
[oslo_messaging_notifications]
driver = messagingv2
[notifications]
notification_format = both
CONF
    # everything is slow under emulation: a start takes 15 s instead of one
    printf '[gpu_binder]\nrestart_window = %s\nsweep_interval = %s\n' "$1" "${SWEEP_INTERVAL:-300}" >"$SESSION/out/nova-gpu-binder.conf"
    SESSION_HOST=session.$$
    OWNER=$$ OUT=$SESSION/out FORWARD=$RABBIT_PORT MEM_PER_NODE=2560 "$DEV/emulated-host" start "$SESSION_HOST" &
    SESSION_BOOT=$!
    rabbit_ready
    # the exchange and the shared queues exist as soon as Nova has sent something
    publish_notifications >"$SESSION/publisher.log" 2>&1 || { cat "$SESSION/publisher.log" >&2; die "cannot publish"; }
    # a host with a program of its own has no use for it
    [ "${INIT:-}" = systemd ] || class_archive
    publisher &
    SESSION_PUBLISHER=$!
    wait "$SESSION_BOOT" || die "the emulated host does not start"
    say "both are up"
}

session_stop() {
    end_child
    [ -z "${SESSION_PUBLISHER:-}" ] || kill "$SESSION_PUBLISHER" 2>/dev/null || true
    if [ -n "${SESSION_HOST:-}" ]; then
        [ -z "${SESSION_BOOT:-}" ] || { kill "$SESSION_BOOT" 2>/dev/null && wait "$SESSION_BOOT"; } || true
        "$DEV/emulated-host" stop "$SESSION_HOST"
        SESSION_HOST=''
    fi
    rabbit_stop
    [ -z "${SESSION_TMP:-}" ] || rm -rf "$SESSION_TMP"
}

session_exec() { interruptible "$DEV/emulated-host" exec "$SESSION_HOST" "$1"; }

# host_failed STATUS: whether session_exec ended with STATUS because the emulated host's own QEMU failed an assertion, or hung
host_failed() { [ "$1" = 125 ] && "$DEV/emulated-host" why "$SESSION_HOST" | grep -q 'Assertion .* failed\|nothing answered'; }

publish_notifications() {
    java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$REPO/target/test-classes:$JAR" \
        org.novagpubinder.testing.PublishNotifications --uri "$RABBIT_URI" "$@"
}

# answers the requests of publish in inside/checks.sh: ID.request has a line for each argument
publisher() {
    local f id arguments rc
    trap 'exit 0' TERM
    while sleep 0.1; do
        for f in "$SESSION"/out/publish/*.request; do
            [ -e "$f" ] || continue
            id=${f%.request}
            mapfile -t arguments <"$f"
            rm "$f"
            rc=0
            publish_notifications --file "$DEV/captures/create.jsonl" --set-host "$COMPUTE_HOST" "${arguments[@]}" >"$id.log" 2>&1 || rc=$?
            echo "$rc" >"$id.new"
            mv "$id.new" "$id.done"
        done
    done
}

# classes that the daemon loads, in the form in which the JVM maps them (class-data sharing): half of the daemon's start
# under emulation is loading classes. Made by a daemon of a few seconds on libvirt's built-in test host.
class_archive() {
    local archive=$SESSION/classes.jsa trainee
    [ "$archive" -ot "$JAR" ] || return 0
    rm -f "$archive"
    say "recording the daemon's classes for a faster start (once for each build)"
    # else nova-compute's own directories on this machine would be read too
    mkdir -p "$SESSION_TMP/no-more"
    sed "s/^host = .*/host = class-archive/" "$SESSION/out/nova.conf" >"$SESSION_TMP/nova.conf"
    java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ArchiveClassesAtExit="$archive" -jar "$JAR" \
        run --config-file "$SESSION_TMP/nova.conf" --config-dir "$SESSION_TMP/no-more" --connect test:///default >"$SESSION/class-archive.log" 2>&1 &
    trainee=$!
    sleep 6
    kill "$trainee" 2>/dev/null || true
    wait "$trainee" || true
    [ -e "$archive" ] || say "no archive was made ($SESSION/class-archive.log); the daemon starts without"
}
