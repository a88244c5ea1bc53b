# Shared by the programs of src/dev; sourced.
# shellcheck shell=bash

# what programs print is read here: in no other language than English, with decimal points
export LC_ALL=C.UTF-8
unset LANGUAGE

# one line on stderr with the time and the program's name
say() { printf '%s %s: %s\n' "$(date +%H:%M:%S)" "${0##*/}" "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# until_true SECONDS COMMAND…: runs COMMAND until it succeeds; fails after SECONDS
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.2
    done
}

# interruptible COMMAND…: runs it so that a signal to this script is handled at once and not when COMMAND ends; whoever
# handles the signal ends COMMAND with end_child
interruptible() {
    local rc=0
    "$@" &
    CHILD=$!
    wait $CHILD || rc=$?
    CHILD=''
    return $rc
}

end_child() {
    [ -z "${CHILD:-}" ] || { kill "$CHILD" && wait "$CHILD"; } 2>/dev/null || true
    CHILD=''
}

# is_gone PID: or -PGID
is_gone() { ! kill -0 -- "$1" 2>/dev/null; }

# packages PACKAGE…: installs with apt those that are missing, and starts none of their services
packages() {
    local missing=() p policy=/usr/sbin/policy-rc.d kept='' log rc=0
    for p in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] || die "these packages are missing and only root can install them: ${missing[*]}"
    say "installing with apt: ${missing[*]}"
    log=$(mktemp)
    # a shell of its own, so that the policy is as before whatever ends it; one at a time, or a second one would keep the first's
    (
        exec 8>/run/lock/nova-gpu-binder-apt && flock 8 || exit
        if [ -e "$policy" ]; then kept=$(mktemp) && cp -a "$policy" "$kept" || exit; fi
        trap 'if [ -n "$kept" ]; then mv "$kept" "$policy"; else rm -f "$policy"; fi' EXIT
        trap 'exit 130' INT TERM HUP
        # invoke-rc.d asks policy-rc.d; 101 forbids every service to start
        printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && apt-get update 8>&- &&
            DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends \
                -o Dpkg::Options::=--force-confold "${missing[@]}" 8>&-
    ) >"$log" 2>&1 </dev/null || rc=$?
    if [ $rc != 0 ]; then
        tail -20 "$log" >&2
        die "apt-get could not install ${missing[*]}; its whole output: $log"
    fi
    rm -f "$log"
}

port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# a TCP port of 127.0.0.1 that nobody has now, below the range that the kernel gives away by itself
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        port_answers "$port" || break
    done
    echo "$port"
}
