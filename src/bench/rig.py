"""The daemon with Nova beside it: what publishes, defines and starts as Nova does, for the programs here. rig.sh has started
RabbitMQ and libvirtd."""
import datetime
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid

import amqp
import libvirt

JAR, WORK, REPO, URI, PORT = (os.environ[k] for k in ("JAR", "WORK", "REPO", "LIBVIRT_URI", "RABBIT_PORT"))
YARDSTICKS = REPO + "/src/bench/yardsticks"
HOST, QUEUE = "bench-host", "nova-gpu-binder.bench-host"
RUNNING = []
UNIQUE = "0" * 31 + "u"
TICK = os.sysconf("SC_CLK_TCK")
LAUNCHER = open(REPO + "/src/packaging/nova-gpu-binder").read().partition("exec ")[2]
JAVA = ["java"] + re.findall(r" (-X[\w:+-]+(?:=\w+)?)(?=[\s}])", LAUNCHER)


def recorded_in(file):
    return [json.loads(line) for line in open(REPO + "/src/dev/captures/" + file)]


BODIES = recorded_in("create.jsonl")


def say(text):
    print(time.strftime("%H:%M:%S"), text, file=sys.stderr, flush=True)


class Broker:
    """The one who publishes as Nova does."""

    def __init__(self, confirm=False):
        self.connection = amqp.Connection("127.0.0.1:" + PORT, userid="openstack", password="secret", confirm_publish=confirm,
                                          connect_timeout=5)
        self.connection.connect()
        self.channel = self.connection.channel()
        self.channel.exchange_declare("nova", "topic", durable=False, auto_delete=False)
        for queue in ("notifications.info", "versioned_notifications.info"):
            self.channel.queue_declare(queue, durable=False, auto_delete=False, arguments={"x-max-length": 10})
            self.channel.queue_bind(queue, "nova", queue)

    def send(self, key, body):
        # oslo.messaging drops what it has seen before
        body = body.replace(UNIQUE, uuid.uuid4().hex)
        self.channel.basic_publish(amqp.Message(body, content_type="application/json", content_encoding="utf-8"), "nova", key)

    def left(self, queue):
        return self.channel.queue_declare(queue, passive=True).message_count

    def empty(self, queue):
        end = time.monotonic() + 60
        while self.left(queue):
            if time.monotonic() > end:
                sys.exit("queue %s is not emptied: %d messages are left" % (queue, self.left(queue)))
            time.sleep(0.02)


def message(recorded, host, instance, domain, sent=None, request=None):
    """A recorded notification of this instance on this host; of this request, if there is one."""
    inner = json.loads(json.loads(recorded["body"])["oslo.message"])
    inner["message_id"] = str(uuid.uuid4())
    inner["_unique_id"] = UNIQUE
    inner["publisher_id"] = inner["publisher_id"].replace("cmp-a", host)
    if sent:
        inner["timestamp"] = datetime.datetime.utcfromtimestamp(sent).strftime("%Y-%m-%d %H:%M:%S.%f")
    data = inner["payload"].get("nova_object.data", inner["payload"])
    data["host"] = host
    if request:
        inner["_context_request_id"] = data["request_id"] = request
    if isinstance(data.get("flavor"), dict):
        data["flavor"]["nova_object.data"]["extra_specs"] = {}
    for key, value in (("uuid", instance), ("instance_id", instance), ("instance_name", domain)):
        if key in data:
            data[key] = value
    return json.dumps({"oslo.version": "2.0", "oslo.message": json.dumps(inner)})


class Process:
    """A consumer under measurement."""

    def __init__(self, command, ready, log, **environment):
        self.log = open(log, "w")
        self.began = time.monotonic()
        self.process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                        env=dict(os.environ, **environment))
        RUNNING.append(self.process)
        ready(self)
        self.ready = time.monotonic() - self.began
        self.cpu_ready = self.cpu()

    def cpu(self):
        with open("/proc/%d/stat" % self.process.pid) as f:
            fields = f.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def memory(self):
        """RSS and PSS, MiB, and threads"""
        rollup = open("/proc/%d/smaps_rollup" % self.process.pid).read()
        kib = {line.split(":")[0]: int(line.split()[1]) for line in rollup.splitlines()[1:]}
        return kib["Rss"] / 1024, kib["Pss"] / 1024, len(os.listdir("/proc/%d/task" % self.process.pid))

    def stop(self):
        RUNNING.remove(self.process)
        self.process.terminate()
        self.process.wait()


def by_log(text):
    def ready(process):
        while text not in open(process.log.name).read():
            if process.process.poll() is not None:
                sys.exit("%s ended: %s" % (process.process.args[0], open(process.log.name).read()[-2000:]))
            time.sleep(0.005)
    return ready


def daemon(options=(), **environment):
    """The daemon with the package's flags and its record of classes, until it says READY=1 as it does to systemd."""
    config = WORK + "/daemon.conf"
    with open(config, "w") as f:
        f.write("[DEFAULT]\nhost = %s\ntransport_url = rabbit://openstack:secret@127.0.0.1:%s/\n" % (HOST, PORT))
        f.write("[oslo_messaging_notifications]\ndriver = messagingv2\n[notifications]\nnotification_format = both\n")
        f.write("[libvirt]\nvirt_type = qemu\n[gpu_binder]\nconnection_uri = %s\nrestart = never\ncpu_allocation_ratio = 128\n" % URI)
        f.write("metrics_listen = off\nruntime_directory = %s/run\n" % WORK)
        f.write("\n".join(options) + "\n")
    notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    path = WORK + "/notify"
    if os.path.exists(path):
        os.unlink(path)
    notify.bind(path)
    notify.settimeout(0.5)

    def ready(process):
        while True:
            try:
                if b"READY=1" in notify.recv(4096):
                    return
            except TimeoutError:
                if process.process.poll() is not None or time.monotonic() - process.began > 60:
                    sys.exit("the daemon is not ready: " + open(process.log.name).read()[-2000:])
    archive = WORK + "/classes.jsa"
    flags = ["-XX:SharedArchiveFile=" + archive] if os.path.exists(archive) else ["-XX:ArchiveClassesAtExit=" + archive]
    process = Process(JAVA + flags + ["-jar", JAR, "run", "--config-file", config, "--root", WORK + "/root"], ready,
                      WORK + "/daemon.log", NOTIFY_SOCKET=path, **environment)
    notify.settimeout(None)
    threading.Thread(target=heard, args=(notify,), daemon=True).start()
    return process


def heard(notify):
    """As systemd, which reads whatever a service says"""
    while True:
        notify.recv(4096)


def host_tree(cpus_each=64):
    """
    Two nodes with so many CPUs and a GPU each. The second is full, for this machine has no such node; the kernel lets pins to
    CPUs that are not there be.
    """
    root = WORK + "/root"
    files = {"sys/devices/system/node/online": "0-1", "sys/devices/system/node/possible": "0-1"}
    for name in ("online", "possible", "present"):
        files["sys/devices/system/cpu/" + name] = "0-%d" % (2 * cpus_each - 1)
    for cpu in range(2 * cpus_each):
        files["sys/devices/system/cpu/cpu%d/topology/physical_package_id" % cpu] = str(cpu // cpus_each)
    for node in (0, 1):
        base = "sys/devices/system/node/node%d/" % node
        cpus = "%d-%d" % (cpus_each * node, cpus_each * (node + 1) - 1)
        files[base + "cpulist"] = cpus
        files[base + "distance"] = "10 21" if node == 0 else "21 10"
        files[base + "meminfo"] = "Node %d MemTotal: 67108864 kB\nNode %d MemFree: %d kB\nNode %d FilePages: 0 kB" % (
            node, node, 65536 if node else 50331648, node)
        pci = "sys/devices/pci%04x:00/0000:%02x:00.0/" % (node, 16 + node)
        for key, value in dict(vendor="0x1002", device="0x740c", numa_node=node, local_cpulist=cpus).items():
            files[pci + key] = str(value)
        files[pci + "class"] = "0x030200"
        files["dev/dri/renderD%d" % (128 + node)] = ""
        os.makedirs("%s/%sdrm/renderD%d" % (root, pci, 128 + node))
        os.makedirs(root + "/sys/bus/pci/devices", exist_ok=True)
        os.symlink("../../../devices/pci%04x:00/0000:%02x:00.0" % (node, 16 + node),
                   "%s/sys/bus/pci/devices/0000:%02x:00.0" % (root, 16 + node))
    for path, text in files.items():
        os.makedirs(os.path.dirname(root + "/" + path), exist_ok=True)
        open(root + "/" + path, "w").write(text + "\n")
    os.makedirs(root + "/proc")
    os.makedirs(root + "/run/libvirt")
    # libvirt's pid files are in there
    for there, here in (("/proc", root + "/proc"), (WORK + "/libvirt/run", root + "/run/libvirt")):
        subprocess.run(["mount", "--bind", there, here], check=True)


def guest(name, instance, vcpus):
    return """<domain type='qemu'><name>%s</name><uuid>%s</uuid>
<metadata><nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/1.1'><nova:name>%s</nova:name>
<nova:owner><nova:project uuid='p'>p</nova:project></nova:owner></nova:instance></metadata>
<memory unit='MiB'>32</memory><vcpu>%d</vcpu><os><type arch='x86_64' machine='pc'>hvm</type></os><devices>
<emulator>%s/qemu</emulator><graphics type='egl-headless'><gl rendernode='/dev/dri/renderD128'/></graphics>
<video><model type='virtio'><acceleration accel3d='yes'/></model></video><memballoon model='none'/></devices></domain>
""" % (name, instance, name, vcpus, YARDSTICKS)


class Guests:
    def __init__(self):
        # what fails is told by the exception
        libvirt.registerErrorHandler(lambda context, error: None, None)
        self.connection = libvirt.open(URI)
        self.number = 0

    def prepare(self):
        self.number += 1
        return "instance-%08x" % self.number, str(uuid.uuid4())

    def start(self, vcpus, name=None, instance=None):
        if name is None:
            name, instance = self.prepare()
        domain = self.connection.defineXML(guest(name, instance, vcpus))
        self.defined = stored(name)
        domain.create()
        return name, instance

    def end(self, name):
        domain = self.connection.lookupByName(name)
        domain.destroy()
        domain.undefine()

    def end_all(self):
        # libvirtd may be another than at the start
        for domain in libvirt.open(URI).listAllDomains():
            if domain.isActive():
                domain.destroy()


def stored(name):
    """When the definition was last written, and how large it is: libvirtd is not disturbed by that."""
    return os.stat("%s/libvirt/etc/qemu/%s.xml" % (WORK, name)).st_mtime_ns


def says(broker, event, name, instance):
    for recorded in BODIES:
        if event in recorded["body"] and recorded["routing_key"].startswith("versioned"):
            broker.send(recorded["routing_key"], message(recorded, HOST, instance, name, time.time()))


def run(program):
    """Runs the program with a broker and guests; ends what runs, at the end or by a signal."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_unused: sys.exit("ended by a signal"))
    made = Guests()
    try:
        return program(Broker(), made)
    finally:
        for running in RUNNING:
            running.kill()
        made.end_all()
