# A Debian of one's own to install packages into; sourced after common.sh and session.sh by src/dev/package-test,
# src/dev/container-test, src/dev/rpm-test and src/dev/matrix.
# shellcheck shell=bash disable=SC2034

CACHE=${NGB_DEV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nova-gpu-binder-dev}
CLEAN=$CACHE/debian/clean
HOST=$CACHE/debian/host

# silent COMMAND…: succeeds if it does and prints nothing (but that root runs it)
silent() {
    local out
    out=$("$@" 2>&1 | grep -v '^running with root privileges') || true
    echo "$out"
    [ -z "$out" ]
}

# inside ROOT COMMAND…: runs it there, with /proc and /sys, which nobody else sees
inside() {
    # shellcheck disable=SC2016
    unshare --mount bash -c '
        mount -t proc proc "$1/proc" && mount --rbind /sys "$1/sys" || exit
        root=$1
        shift
        exec chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
    ' - "$@"
}

# debootstrap_root SUITE DIR [OPTION…]: the smallest Debian of that suite, from the mirror and with the proxy and the checks that
# this machine's apt is set to
debootstrap_root() {
    local suite=$1 dir=$2 mirror proxy script=/usr/share/debootstrap/scripts/$1 keys=/usr/share/keyrings/debian-archive-keyring.gpg
    shift 2
    # shellcheck disable=SC2016
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -m1 '/debian/*$' || true)
    proxy=$(apt-config shell proxy Acquire::http::Proxy | sed "s/^proxy='\(.*\)'$/\1/")
    # an older debootstrap does not know the suite's name
    [ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid
    rm -rf "$dir"
    mkdir -p "$dir"
    http_proxy=${proxy:-${http_proxy:-}} debootstrap --variant=minbase --keyring="$keys" "$@" "$suite" "$dir" "${mirror:-http://deb.debian.org/debian}" "$script" >"$WORK/debootstrap.log" 2>&1 ||
        { tail -20 "$WORK/debootstrap.log" >&2; die "debootstrap of $suite failed"; }
    apt-config dump | grep '^Acquire::\(http\|https\|Check\)' >"$dir/etc/apt/apt.conf.d/90as-outside" || true
    inside "$dir" apt-get -q update >"$WORK/apt.log" 2>&1 || { cat "$WORK/apt.log" >&2; die "apt-get update failed"; }
}

# debian_root DIR: the smallest Debian 12
debian_root() {
    [ ! -e "$1/.made" ] || return 0
    say "making a clean Debian 12 (once)"
    debootstrap_root bookworm "$1" --include=systemd-sysv,dbus,udev
    touch "$1/.made"
}

# debian_host CLEAN DIR: a compute host: libvirt, QEMU, and what the emulated host needs
debian_host() {
    [ ! -e "$2/.made" ] || return 0
    say "making a compute host of it (once)"
    rm -rf "$2"
    cp -a "$1" "$2"
    rm "$2/.made"
    inside "$2" apt-get -q install -y --no-install-recommends libvirt-daemon-system libvirt-clients qemu-system-x86 \
        qemu-system-gui libegl1 libgl1 libgl1-mesa-dri default-jre-headless socat numactl libxml2-utils curl >"$WORK/apt.log" 2>&1 ||
        { tail -20 "$WORK/apt.log" >&2; die "apt-get install failed"; }
    touch "$2/.made"
}

# package_built: builds the package from the working tree if it is older than that; sets DEB
package_built() {
    DEB=$(echo target/nova-gpu-binder_*_amd64.deb)
    if ! [ -e "$DEB" ] || [ -n "$(find pom.xml src/main src/packaging src/test/java/org/novagpubinder/{cli/Completions,packaging/Manuals}.java systemd etc/nova-gpu-binder etc/grafana etc/prometheus -newer "$DEB" | head -1)" ]; then
        say "building the package"
        rm -f target/nova-gpu-binder_*_amd64.deb
        interruptible mvn -B -ntp -q -DskipTests -Pdeb package >&2
        DEB=$(echo target/nova-gpu-binder_*_amd64.deb)
    fi
}

# rpm_paths TREE: the files of the package where Red Hat's family has them, without what is Debian's alone
rpm_paths() {
    mkdir -p "$1/usr/lib/systemd" "$1/usr/share/zsh/site-functions"
    mv "$1/lib/systemd/system" "$1/usr/lib/systemd/"
    mv "$1/usr/share/zsh/vendor-completions/"* "$1/usr/share/zsh/site-functions/"
    rm -r "$1/lib" "$1/usr/share/zsh/vendor-completions" "$1/usr/share/lintian" "$1/usr/share/doc/nova-gpu-binder/changelog.gz"
    # no package of theirs has the texts that Debian's base-files has
    install -D -m 644 -t "$1/usr/share/licenses/nova-gpu-binder" /usr/share/common-licenses/{Apache-2.0,LGPL-2.1}
    sed -i 's|On Debian systems the text|The text|; s|/usr/share/common-licenses|/usr/share/licenses/nova-gpu-binder|' "$1/usr/share/doc/nova-gpu-binder/copyright"
}

# check WHAT COMMAND…: counts in passed and failed
check() {
    local what=$1
    shift
    if "$@" >"$WORK/check.out" 2>&1; then
        echo "    ok      $what"
        passed=$((passed + 1))
    else
        echo "    NOT OK  $what"
        head -40 "$WORK/check.out" | sed 's/^/              /'
        failed=$((failed + 1))
    fi
}

# next_version DEB NEW: the same package with a higher version and another comment in its configuration
next_version() {
    rm -rf "$WORK/next"
    dpkg-deb -R "$1" "$WORK/next"
    sed -i 's/^Version: .*/&+next/' "$WORK/next/DEBIAN/control"
    echo '# of the next version' >>"$WORK/next/etc/nova-gpu-binder/nova-gpu-binder.conf"
    dpkg-deb -b "$WORK/next" "$2" >/dev/null
}
