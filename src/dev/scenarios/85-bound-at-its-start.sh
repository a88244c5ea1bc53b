# bound at libvirt's Started, softly and hard: a guest's memory comes to lie beside its GPU by itself, no page is moved

# migrated_pages: how many pages the kernel has moved since its boot
migrated_pages() { awk '$1 == "pgmigrate_success" || $1 == "numa_pages_migrated" { n += $2 } END { print n + 0 }' /proc/vmstat; }

# bound_at_start NAME UUID OPTION…: what Nova says of the flavor before the start is all that the daemon is told
bound_at_start() {
    local name=$1 uuid=$2 before pid
    # without the time that an OS takes to boot it would race with the daemon, which the emulation makes slow; its firmware's
    # first and last megabytes, huge pages of 2 MiB, are there before: a per cent of a smaller guest
    define_guest "$name" "$uuid" render=/dev/dri/renderD129 boots memory=640
    publish "$name" "$uuid" instance.create.start --format versioned "${@:3}" || return 1
    before=$(migrated_pages)
    start_guest "$name" || return 1
    pid=$(pid_of "$name")
    placement "$name"
    numastat -p "$pid" 2>/dev/null | sed -n '/Node/p;/^Total/p' | sed 's/^/    /'
    check "$name: at least 99 % of its memory is on node 1" at_least 99 "$(ram_share "$pid" 1)"
    check "$name: the kernel has moved no page" equals "$before" "$(migrated_pages)"
    check "$name: its vCPUs run on node 1" only_on 1 "$pid" vCPU

    publish "$name" "$uuid" instance.create.end --format versioned "${@:3}" || return 1
    wait_for_outcome 60 "$name" bound
    check "$name: its outcome is bound" equals bound "$(outcome_of "$name")"
    check "$name: it was not restarted" equals "$pid" "$(pid_of "$name")"
    echo "    the end of Nova's task moves $((($(migrated_pages) - before) * 4)) KiB more, QEMU's own"
}

bound_at_start instance-00000085 85858585-0000-4000-8000-000000000085
bound_at_start instance-00000086 86868686-0000-4000-8000-000000000086 --extra-spec gpu_binder:policy=required
