# the driver of the only GPU beside the guest is unbound: the guest runs on as it is, and is told about
# long: run by src/dev/test --all, or by its name
name=instance-00000051
uuid=51515151-0000-4000-8000-000000000051
define_guest $name $uuid placed=1 render=/dev/dri/renderD128
start_guest $name || exit 1
first=$(pid_of $name)
before=$(definition_of $name)
device=$(readlink -f /sys/class/drm/renderD129/device)
echo "${device##*/}" >"$device/driver/unbind"
bound_again() {
    echo "${device##*/}" >/sys/bus/pci/drivers/virtio-pci/bind
    wait_for 20 "renderD129 to be back" test -e /dev/dri/renderD129 && chgrp render /dev/dri/renderD129 && chmod 660 /dev/dri/renderD129
    remove_all_guests
}
trap bound_again EXIT
check "there is no renderD129" test ! -e /dev/dri/renderD129

publish $name $uuid instance.create.end --format versioned || exit 1
wait_for 60 "the daemon's word" says $name misaligned
check "the daemon says that its GPU is remote, and which" says $name "nearest is /dev/dri/renderD128 on node 0"
check "it was not restarted" equals "$first" "$(pid_of $name)"
check "it keeps its render node" equals /dev/dri/renderD128 "$(render_nodes_of "$first")"
check "its definition is as it was, but for the pin that Nova leaves out" equals "$before" "$(definition_of $name | grep -v '<iothreadpin')"
