# Inside the emulated host, sourced: guests as Nova defines them, and what /proc tells about their QEMU processes.
# Nothing here asks nova-gpu-binder: these functions are what its own word is compared with.
# shellcheck shell=bash

MEMORY_KIB=262144

# guest_xml NAME UUID [placed=NODE] [render=PATH] [hostdev=0000:42:00.0]… [tpm=SECRET] [writes] [boots] [memory=MIB]
#   placed=NODE   with the pins and the memory that Nova gives to a flavor with hw:numa_nodes=1
#   render=PATH   an egl-headless display on that render node, as an operator configures it for all guests
#   hostdev=BDF   a passed-through PCI function
#   tpm=SECRET    an emulated TPM whose state is encrypted with that secret of libvirt's
#   memory=MIB    its memory, 256 MiB else
#   writes        the guest writes a sector to its disk when it has filled its memory
#   boots         the guest waits for two to three seconds before it fills its memory, as firmware and a kernel take
guest_xml() {
    local name=$1 uuid=$2 o placed='' render='' hostdevs=() hostdev tpm='' arguments='' memory=$MEMORY_KIB tune='' cells='' display='' bdf cpus
    shift 2
    for o in "$@"; do
        case $o in
        placed=*) placed=${o#*=} ;;
        render=*) render=${o#*=} ;;
        hostdev=*) hostdevs+=("${o#*=}") ;;
        tpm=*) tpm="<tpm model='tpm-tis'><backend type='emulator' version='2.0'><encryption secret='${o#*=}'/></backend></tpm>" ;;
        memory=*) memory=$((${o#*=} * 1024)) ;;
        writes) arguments='<cmdline>w</cmdline>' ;;
        boots) arguments='<cmdline>b</cmdline>' ;;
        *) echo "guest_xml: $o" >&2 && return 64 ;;
        esac
    done
    if [ -n "$placed" ]; then
        cpus=$(cat "/sys/devices/system/node/node$placed/cpulist")
        tune="<cputune>
    <vcpupin vcpu='0' cpuset='$cpus'/>
    <vcpupin vcpu='1' cpuset='$cpus'/>
    <emulatorpin cpuset='$cpus'/>
  </cputune>
  <numatune>
    <memory mode='strict' nodeset='$placed'/>
    <memnode cellid='0' mode='strict' nodeset='$placed'/>
  </numatune>"
        cells="<numa><cell id='0' cpus='0-1' memory='$memory' unit='KiB'/></numa>"
    fi
    if [ -n "$render" ]; then
        display="<graphics type='egl-headless'><gl rendernode='$render'/></graphics>
    <video><model type='virtio' heads='1' primary='yes'><acceleration accel3d='yes'/></model></video>"
    fi
    for hostdev in "${hostdevs[@]}"; do
        IFS=:. read -ra bdf <<<"$hostdev"
        display+="<hostdev mode='subsystem' type='pci' managed='yes'>
      <source><address domain='0x${bdf[0]}' bus='0x${bdf[1]}' slot='0x${bdf[2]}' function='0x${bdf[3]}'/></source>
    </hostdev>"
    done
    cat <<XML
<domain type='qemu'>
  <name>$name</name>
  <uuid>$uuid</uuid>
  <metadata>
    <nova:instance xmlns:nova="http://openstack.org/xmlns/libvirt/nova/1.1">
      <nova:package version="26.2.2"/>
      <nova:name>$name</nova:name>
      <nova:creationTime>2026-11-23 10:53:24</nova:creationTime>
      <nova:flavor name="gpu">
        <nova:memory>$((memory / 1024))</nova:memory>
        <nova:disk>1</nova:disk>
        <nova:swap>0</nova:swap>
        <nova:ephemeral>0</nova:ephemeral>
        <nova:vcpus>2</nova:vcpus>
      </nova:flavor>
      <nova:ports/>
    </nova:instance>
  </metadata>
  <memory unit='KiB'>$memory</memory>
  <currentMemory unit='KiB'>$memory</currentMemory>
  <vcpu placement='static'>2</vcpu>
  <iothreads>1</iothreads>
  $tune
  <os>
    <type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type>
    <kernel>/var/lib/libvirt/images/fill</kernel>
    $arguments
  </os>
  <features><acpi/><apic/></features>
  <cpu mode='custom' match='exact'>
    <model fallback='allow'>qemu64</model>
    <topology sockets='2' dies='1' cores='1' threads='1'/>
    $cells
  </cpu>
  <clock offset='utc'/>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='/var/lib/libvirt/images/$name.disk'/>
      <target dev='hda' bus='ide'/>
    </disk>
    <serial type='file'><source path='/var/lib/libvirt/images/$name.serial'/></serial>
    <memballoon model='none'/>
    $display
    $tpm
  </devices>
</domain>
XML
}

# define_guest NAME UUID [OPTION…]: as guest_xml; defines it, with an empty disk
define_guest() {
    truncate -s 1M "/var/lib/libvirt/images/$1.disk"
    guest_xml "$@" >"/tmp/$1.xml"
    virsh -q define "/tmp/$1.xml" >/dev/null
}

# start_guest NAME: starts it and waits until it has filled its memory
start_guest() {
    rm -f "/var/lib/libvirt/images/$1.serial"
    virsh -q start "$1" >/dev/null && wait_for 120 "$1 to fill its memory" has_filled "$1"
}

# start_guest_on NODE NAME: the same, and its memory falls on that node, as the kernel might happen to put it: the cpuset
# above all domains holds it for the time of the start. That would also move the guests that run already: use it first.
start_guest_on() {
    local machine=/sys/fs/cgroup/machine rc=0
    mkdir -p $machine
    echo +cpuset >$machine/cgroup.subtree_control
    echo "$1" >$machine/cpuset.mems
    start_guest "$2" || rc=$?
    cat /sys/devices/system/node/has_memory >$machine/cpuset.mems
    return $rc
}

has_filled() { grep -q '#' "/var/lib/libvirt/images/$1.serial" 2>/dev/null; }

# libvirtd_start: starts it, or once more after a scenario has ended it, and waits until it answers; it is virtqemud where
# src/dev/matrix has put the modular daemons
libvirtd_start() {
    local d
    rm -f /run/libvirtd.pid
    if [ -d /opt/modular ]; then
        for d in virtsecretd virtnetworkd virtstoraged virtnodedevd "virtqemud -p /run/libvirtd.pid"; do
            # shellcheck disable=SC2086
            LD_LIBRARY_PATH=/opt/modular/lib /opt/modular/sbin/$d -f /run/libvirtd.conf -d || true
        done
    else
        libvirtd -f /run/libvirtd.conf -d
    fi
    wait_for 120 "libvirtd to answer" virsh -q version
}

libvirtd_pid() { cat /run/libvirtd.pid; }

is_gone() { ! kill -0 "$1" 2>/dev/null; }

# runs NAME: whether libvirt has it running
runs() { [ "$(virsh -q domstate "$1")" = running ]; }

# remove_guest NAME…: ends and undefines
remove_guest() {
    local name
    for name in "$@"; do
        virsh -q destroy "$name" >/dev/null 2>&1 || true
        virsh -q undefine "$name" >/dev/null 2>&1 || true
        rm -f "/var/lib/libvirt/images/$name".*
    done
}

remove_all_guests() {
    # shellcheck disable=SC2046
    remove_guest $(virsh -q list --all --name)
}

# wait_for SECONDS WHAT COMMAND…
wait_for() {
    local end=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        if [ $SECONDS -ge $end ]; then
            echo "waited in vain for $what" >&2
            return 1
        fi
        sleep 0.3
    done
}

pid_of() { cat "/run/libvirt/qemu/$1.pid"; }

# nodes_of CPULIST: into NODES_OF the nodes that these CPUs belong to, e.g. "0,1"
nodes_of() {
    local node list
    NODES_OF=''
    for node in /sys/devices/system/node/node[0-9]*; do
        read -r list <"$node/cpulist"
        ! cpus_overlap "$1" "$list" || NODES_OF+=,${node##*node}
    done
    NODES_OF=${NODES_OF#,}
}

cpus_overlap() {
    local a b
    for a in ${1//,/ }; do
        for b in ${2//,/ }; do
            [ "${a%-*}" -gt "${b#*-}" ] || [ "${b%-*}" -gt "${a#*-}" ] || return 0
        done
    done
    return 1
}

# threads_of PID: a line for each thread: what it is, the CPUs that the kernel lets it run on
threads_of() {
    local task comm key value cpus
    for task in /proc/"$1"/task/*; do
        # threads come and go
        cpus=''
        { read -r comm <"$task/comm" && while read -r key value; do
            [ "$key" != Cpus_allowed_list: ] || cpus=$value
        done <"$task/status"; } 2>/dev/null
        [ -n "$cpus" ] || continue
        case $comm in
        "CPU "*) comm=${comm#CPU } && echo "vCPU-${comm%%/*} $cpus" ;;
        "IO iothread"*) echo "${comm#IO } $cpus" ;;
        *) echo "emulator $cpus" ;;
        esac
    done
}

# memory_of PID: a line for each node: its id, KiB that are resident there (numa_maps, all mappings)
memory_of() {
    awk '{
        size = 4
        for (i = 3; i <= NF; i++) if ($i ~ /^kernelpagesize_kB=/) size = substr($i, 19)
        for (i = 3; i <= NF; i++) if ($i ~ /^N[0-9]+=/) { split(substr($i, 2), a, "="); kib[a[1]] += a[2] * size }
    } END { for (n in kib) print n, kib[n] }' "/proc/$1/numa_maps" | sort -n
}

# memory_share PID NODE: percent of the process's resident memory that is on the node, rounded down
memory_share() {
    memory_of "$1" | awk -v node="$2" '{ all += $2 } $1 == node { here = $2 } END { print all ? int(here * 100 / all) : 0 }'
}

# ram_share PID NODE: the same of the guest's own memory, which is the largest mapping: without QEMU and its libraries,
# whose pages lie where some process needed them first
ram_share() {
    awk -v node="N$2" '{
        here = all = 0
        for (i = 3; i <= NF; i++) if ($i ~ /^N[0-9]+=/) { split($i, a, "="); all += a[2]; if (a[1] == node) here = a[2] }
        if (all > most) { most = all; share = int(here * 100 / all) }
    } END { print share + 0 }' "/proc/$1/numa_maps"
}

# render_nodes_of PID: the render nodes that the process holds open
render_nodes_of() {
    find "/proc/$1/fd" -lname '/dev/dri/renderD*' -printf '%l\n' 2>/dev/null | sort -u
}

# node_of_render /dev/dri/renderD129
node_of_render() { cat "/sys/class/drm/${1##*/}/device/numa_node"; }

# placement NAME: a picture of where the guest is
placement() {
    local pid render
    pid=$(pid_of "$1")
    echo "  $1 (QEMU process $pid)"
    threads_of "$pid" | sort | uniq -c | while read -r n kind cpus; do
        [ "$n" = 1 ] || kind="$kind ($n threads)"
        nodes_of "$cpus"
        printf '    %-24s node %-4s CPUs %s\n' "${kind/-/ }" "$NODES_OF" "$cpus"
    done
    memory_of "$pid" | awk '{ node[NR] = $1; kib[NR] = $2; all += $2 } END {
        for (i = 1; i <= NR; i++) {
            full = int(kib[i] * 20 / all + 0.5); bar = ""
            for (j = 1; j <= 20; j++) bar = bar (j <= full ? "█" : "░")
            printf "    %-24s node %-4s %s %3d %%, %d MiB\n", i == 1 ? "memory" : "", node[i], bar, kib[i] * 100 / all + 0.5, kib[i] / 1024
        }
    }'
    for render in $(render_nodes_of "$pid"); do
        printf '    %-24s node %-4s %s\n' "render node held open" "$(node_of_render "$render")" "$render"
    done
}
