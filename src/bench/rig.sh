# What the programs here that drive the whole daemon have in common: a RabbitMQ and a libvirtd of their own on this machine,
# with all their files in $WORK, and the daemon's jar, copied there; sourced after common.sh and rabbit.sh. Sets JAR, WORK,
# REPO, LIBVIRT_URI and RABBIT_PORT for rig.py. All of it ends with the program. Needs root.
# shellcheck shell=bash
# shellcheck disable=SC2154

# rig_start: builds the jar if it is older than its sources, starts both and waits until they answer
rig_start() {
    [ "$(id -u)" = 0 ] || die "only root can start a libvirtd"
    packages rabbitmq-server libvirt-daemon-system libvirt-clients qemu-system-x86 python3-libvirt python3-amqp
    local jar=$REPO/target/nova-gpu-binder.jar
    cd "$REPO" || exit
    if ! [ -e "$jar" ] || [ -n "$(find pom.xml src/main -newer "$jar" | head -1)" ]; then
        say "building target/nova-gpu-binder.jar"
        mvn -B -ntp -q -DskipTests package
    fi
    WORK=$(mktemp -d /tmp/ngb-bench.XXXXXX)
    LIBVIRTD=''
    trap rig_ended EXIT
    trap 'exit 130' INT TERM HUP
    chmod 755 "$WORK"
    # /run is in memory on every host
    mkdir -p "$WORK/run" "$WORK/libvirt/run"
    for m in run libvirt/run; do mount -t tmpfs -o mode=755 tmpfs "$WORK/$m"; done
    # a jar that is built anew under a running Java ends that
    JAR=$WORK/nova-gpu-binder.jar
    cp "$jar" "$JAR"
    rabbit_start "$WORK/rabbit"
    libvirt_start
    rabbit_ready
    export JAR WORK LIBVIRT_URI RABBIT_PORT REPO
}

rig_ended() {
    libvirt_stop
    rabbit_stop
    for m in root/proc root/run/libvirt run libvirt/run; do ! mountpoint -q "$WORK/$m" || umount -l "$WORK/$m"; done
    rm -rf --one-file-system "$WORK"
}

# libvirt_start: a libvirtd in a mount namespace where libvirt's directories are its own
libvirt_start() {
    local v=$WORK/libvirt
    mkdir -p "$v"/{run,lib,cache,log,etc}
    printf '%s\n' "unix_sock_dir = \"$v\"" 'unix_sock_group = "root"' 'auth_unix_rw = "none"' 'auth_unix_ro = "none"' >"$v/etc/libvirtd.conf"
    printf '%s\n' 'user = "root"' 'group = "root"' 'security_driver = "none"' 'namespaces = []' 'cgroup_controllers = []' 'stdio_handler = "file"' >"$v/etc/qemu.conf"
    # shellcheck disable=SC2016
    unshare -m sh -c 'mount --make-rprivate / && for d in run lib cache log; do
            case $d in run) to=/run/libvirt ;; *) to=/var/$d/libvirt ;; esac
            mkdir -p $to && mount --bind "$0/$d" $to || exit
        done
        mount --bind "$0/etc" /etc/libvirt && exec libvirtd -f "$0/etc/libvirtd.conf" -p "$0/libvirtd.pid"' "$v" </dev/null >>"$v/libvirtd.log" 2>&1 &
    LIBVIRTD=$!
    LIBVIRT_URI="qemu+unix:///system?socket=$v/libvirt-sock"
    until_true 90 virsh -c "$LIBVIRT_URI" list || die "libvirtd does not answer: $(tail -3 "$v/libvirtd.log")"
}

# libvirt_stop: ends libvirtd alone; its guests stay
libvirt_stop() {
    [ -n "$LIBVIRTD" ] || return 0
    kill "$LIBVIRTD" 2>/dev/null || true
    wait "$LIBVIRTD" 2>/dev/null || true
    LIBVIRTD=''
}
