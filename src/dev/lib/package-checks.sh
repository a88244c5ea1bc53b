# The package $DEB by itself, and its installation, upgrade, removal and purge in a copy of $CLEAN; sourced by
# src/dev/package-test.
# shellcheck shell=bash disable=SC2154,SC2016

formatted() { man --warnings -E UTF-8 -l -Tutf8 -Z "$1" >/dev/null; }

say "the package by itself"
dpkg-deb -x "$DEB" "$WORK/files"
check "lintian has nothing to say" silent lintian -I "$DEB"
for page in "$WORK"/files/usr/share/man/man*/*.gz; do
    zcat "$page" >"$WORK/$(basename "$page" .gz)"
    check "man has no warning about $(basename "$page" .gz)" silent formatted "$WORK/$(basename "$page" .gz)"
    check "mandoc neither" silent mandoc -Tlint "$WORK/$(basename "$page" .gz)"
done
check "the completion is bash" bash -n "$WORK/files/usr/share/bash-completion/completions/nova-gpu-binder"
check "that of zsh and that of fish are there" test -s "$WORK/files/usr/share/zsh/vendor-completions/_nova-gpu-binder" \
    -a -s "$WORK/files/usr/share/fish/vendor_completions.d/nova-gpu-binder.fish"
check "systemd-analyze security is below 2.5" systemd-analyze security --offline=true --threshold=24 --no-pager \
    "$WORK/files/lib/systemd/system/nova-gpu-binder.service"

say "in a clean Debian 12"
cp -a "$CLEAN" "$WORK/root"
cp "$DEB" "$WORK/root/root/one.deb"
next_version "$DEB" "$WORK/root/root/two.deb"

root=$WORK/root
# the file names of what this machine's tests are about, wherever
named() { (cd "$root" && find . -xdev -name '*nova-gpu-binder*' ! -path './root/*' | sort); }
# every file with what it is; apt's and dpkg's own books change with any package
pictured() {
    (cd "$root" && find . -xdev \( -path ./proc -o -path ./sys -o -path ./root -o -path ./var/lib/dpkg -o -path ./var/log -o -path ./var/cache/ldconfig -o -path ./var/cache/man -o -path ./var/lib/apt -o -path ./var/cache/apt \) -prune -o -printf '%y %m %u %g %p %l ' \( -type f -exec sha256sum {} \; -o -printf '\n' \)) | sort
}
# asks libvirt's built-in test host, which needs no libvirtd
loads() {
    inside "$root" nova-gpu-binder status --connect test:///default &&
        inside "$root" sh -c 'nova-gpu-binder run --connect test:///default --config-file /root/nova.conf 2>/root/log & sleep 8
            grep -h jnidispatch /proc/$!/maps; kill $!; wait $!' | grep /usr/lib/nova-gpu-binder/libjnidispatch.so
}
removes() { inside "$root" dpkg -r nova-gpu-binder 2>&1 | grep -F 'release --all'; }
conf=$root/etc/nova-gpu-binder/nova-gpu-binder.conf
enabled=$root/etc/systemd/system/multi-user.target.wants/nova-gpu-binder.service

printf '[DEFAULT]\nhost = h\ntransport_url = rabbit://127.0.0.1:1/\n' >"$root/root/nova.conf"
check "apt installs it with all that it needs" inside "$root" apt-get -q install -y --no-install-recommends /root/one.deb
check "it tells its version" sh -c "[ '$(inside "$root" nova-gpu-binder --version)' = 'nova-gpu-binder $(dpkg-deb -f "$DEB" Version)' ]"
check "it starts on the Java that came with it" inside "$root" nova-gpu-binder topology --root / --json
check "it loads libvirt, and JNA's library from the package" loads
check "nothing was unpacked" sh -c "! find '$root/tmp' '$root/root/.cache' -name '*jna*' 2>/dev/null | grep ."
check "the classes of the daemon are recorded" test -s "$root/var/cache/nova-gpu-binder/classes.jsa"
check "the unit is enabled" test -L "$enabled"
check "systemd has nothing against the unit" silent inside "$root" systemd-analyze verify --man=no nova-gpu-binder.service
check "apt purges it" inside "$root" apt-get -q purge -y nova-gpu-binder
check "apt removes what came with it" inside "$root" apt-get -q autoremove --purge -y
check "neither Java nor libvirt is left" sh -c "! chroot '$root' dpkg-query -W -f '\${Package}\n' | grep -E 'jre|libvirt'"
check "no file of its name is left" silent named

# what it needs stays from here on, so that files can be compared
inside "$root" apt-get -q install -y --no-install-recommends default-jre-headless libvirt0 >/dev/null 2>&1
pictured >"$WORK/before"
check "dpkg installs it" inside "$root" dpkg -i /root/one.deb
check "it only observes" grep -qx 'observe_only = true' "$root/etc/nova-gpu-binder/observe.conf"
rm "$root/etc/nova-gpu-binder/observe.conf"
echo '#policy = required' >>"$conf"
inside "$root" systemctl disable nova-gpu-binder >/dev/null 2>&1
check "dpkg upgrades it" inside "$root" dpkg --force-confold -i /root/two.deb
check "the administrator's configuration is kept" grep -qx '#policy = required' "$conf"
check "one that was taken live stays so" test ! -e "$root/etc/nova-gpu-binder/observe.conf"
check "a unit that was disabled stays so" test ! -e "$enabled"
check "dpkg goes back to the older version" inside "$root" dpkg --force-confold -i /root/one.deb
check "the scripts may run twice" sh -c "for s in 'postinst configure' 'prerm upgrade 1' 'postrm upgrade 1' 'postinst abort-upgrade 1'; do
    chroot '$root' /var/lib/dpkg/info/nova-gpu-binder.\$s && chroot '$root' /var/lib/dpkg/info/nova-gpu-binder.\$s || exit; done"
check "dpkg removes it, and tells of release --all" removes
check "its configuration is kept" grep -qx '#policy = required' "$conf"
check "it can be installed again" inside "$root" dpkg --force-confold -i /root/two.deb
check "and removed" inside "$root" dpkg -r nova-gpu-binder
check "dpkg purges it" inside "$root" dpkg -P nova-gpu-binder
pictured >"$WORK/after"
check "the file system is as before" diff "$WORK/before" "$WORK/after"
check "no file of its name is left" silent named
