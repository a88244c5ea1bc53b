# the host reboots with a half-done restart on record: nobody starts that guest, which may run elsewhere meanwhile
# long: run by src/dev/test --all, or by its name
name=instance-00000087
uuid=87878787-0000-4000-8000-000000000087
define_guest $name $uuid placed=1 render=/dev/dri/renderD128
start_guest $name || exit 1
first=$(pid_of $name)
daemon=$(daemon_pid)
{ until is_gone "$first"; do :; done; kill -KILL "$daemon"; } &
publish $name $uuid instance.create.end --format versioned || exit 1
wait_for 120 "the daemon to be killed" daemon_has_ended || exit 1
check "its definition says that a restart is under way" grep -q "state=[\"']restarting" <(virsh -q metadata --config $name $RECORD)

# all that outlives a boot is a boot's id; the host's clock and uptime go on, as if it had been off for a moment only
libvirtd=$(libvirtd_pid)
kill "$libvirtd"
wait_for 30 "libvirtd to end" is_gone "$libvirtd"
id=/proc/sys/kernel/random/boot_id
cat /proc/sys/kernel/random/uuid >/run/another_boot_id
mount --bind /run/another_boot_id $id
trap 'umount $id; remove_all_guests' EXIT
libvirtd_start || exit 1
daemon_start || exit 1
sleep 20
check "nobody has started it" equals "shut off" "$(virsh -q domstate $name)"
check "the mark is settled" equals "" "$(virsh -q metadata --config $name $RECORD 2>/dev/null | grep restarting)"
check "the daemon says what it found" says $name instance
