"""What src/bench/macro measures; it is called by that, which starts RabbitMQ and libvirtd."""
import argparse
import datetime
import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
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
# the package's own, as src/packaging/nova-gpu-binder has them
JAVA = ["java", "-Xms8m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xshare:auto",
        "-Xlog:cds=off", "-Xlog:cds+dynamic=off"]
SMALL = ["java", "-Xmx64m", "-Xss256k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"]
BODIES = [json.loads(line) for line in open(REPO + "/src/dev/captures/create.jsonl")]


def say(text):
    print(time.strftime("%H:%M:%S"), text, file=sys.stderr, flush=True)


class Broker:
    """The one who publishes as Nova does."""

    def __init__(self):
        self.connection = amqp.Connection("127.0.0.1:" + PORT, userid="openstack", password="secret")
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


def message(recorded, host, instance, domain, sent=None):
    """A recorded notification of this instance on this host."""
    inner = json.loads(json.loads(recorded["body"])["oslo.message"])
    inner["message_id"] = str(uuid.uuid4())
    inner["_unique_id"] = UNIQUE
    inner["publisher_id"] = inner["publisher_id"].replace("cmp-a", host)
    if sent:
        inner["timestamp"] = datetime.datetime.utcfromtimestamp(sent).strftime("%Y-%m-%d %H:%M:%S.%f")
    data = inner["payload"].get("nova_object.data", inner["payload"])
    data["host"] = host
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


def daemon(options=()):
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
    return Process(JAVA + flags + ["-jar", JAR, "run", "--config-file", config, "--root", WORK + "/root"], ready,
                   WORK + "/daemon.log", NOTIFY_SOCKET=path)


def host_tree():
    """
    Two nodes of 64 CPUs, with a GPU each. The second is full, for this machine has no such node; the kernel lets pins to CPUs
    that are not there be.
    """
    root = WORK + "/root"
    files = {"sys/devices/system/node/online": "0-1", "sys/devices/system/node/possible": "0-1"}
    for name in ("online", "possible", "present"):
        files["sys/devices/system/cpu/" + name] = "0-127"
    for cpu in range(128):
        files["sys/devices/system/cpu/cpu%d/topology/physical_package_id" % cpu] = str(cpu // 64)
    for node in (0, 1):
        base = "sys/devices/system/node/node%d/" % node
        cpus = "%d-%d" % (64 * node, 64 * node + 63)
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
        for domain in self.connection.listAllDomains():
            if domain.isActive():
                domain.destroy()


def stored(name):
    """When the definition was last written, and how large it is: libvirtd is not disturbed by that."""
    return os.stat("%s/libvirt/etc/qemu/%s.xml" % (WORK, name)).st_mtime_ns


def p99(values):
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]


class Report:
    def __init__(self):
        self.lines = []

    def row(self, what, value, unit, detail=""):
        self.lines.append("| %s | %s %s | %s |" % (what, value, unit, detail))
        say("%s: %s %s %s" % (what, value, unit, detail))

    def times(self, what, values, yardstick=None):
        middle = statistics.median(values)
        detail = "first %.1f, p99 %.1f, of %d" % (values[0], p99(values), len(values))
        if yardstick:
            detail += "; %.1f times the %s" % (middle / yardstick[1], yardstick[0])
        self.row(what, "%.1f" % middle, "ms", detail)
        return middle


def consume(report, broker, rounds, messages):
    """Messages for another host: CPU of each, of every consumer in turn; and its memory before and after."""
    bodies = [(b["routing_key"], message(b, "another-host", str(uuid.uuid4()), "instance-00000099")) for b in BODIES]
    kinds = {
        "nova-gpu-binder": (daemon, QUEUE),
        "bare Java, small flags": (lambda: Process(
            SMALL + ["-cp", WORK + "/yardsticks:" + JAR, "Consumer", PORT, "yardstick.java", "#"],
            by_log("consuming"), WORK + "/java.log"), "yardstick.java"),
        "oslo.messaging's listener": (lambda: Process(
            ["/usr/bin/python3", YARDSTICKS + "/listener.py", PORT, "versioned_notifications"],
            by_log("consuming"), WORK + "/oslo.log"), "yardstick"),
    }
    cost = {k: [] for k in kinds}
    memory = {k: [] for k in kinds}
    for _ in range(rounds):
        for kind, (start, queue) in kinds.items():
            consumer = start()
            time.sleep(3)
            before = consumer.memory()
            keys = {"versioned_notifications.info"} | (set() if queue == "yardstick" else {"notifications.info"})
            took = consumer.cpu()
            sent = 0
            while sent < messages:
                for key, body in bodies:
                    if key in keys:
                        broker.send(key, body)
                        sent += 1
            time.sleep(0.5)
            broker.empty(queue)
            time.sleep(1.5)
            cost[kind].append((consumer.cpu() - took) / sent * 1e6)
            memory[kind].append(before + consumer.memory())
            consumer.stop()
    bare = statistics.median(cost["bare Java, small flags"])
    for kind in kinds:
        middle = statistics.median(cost[kind])
        report.row("CPU a message for another host, " + kind, "%.1f" % middle, "us",
                   "%.2f times bare Java; %d rounds of %d messages" % (middle / bare, rounds, messages))
    for kind in kinds:
        m = [statistics.median(column) for column in zip(*memory[kind])]
        report.row("resident, " + kind, "%.0f" % m[0], "MiB",
                   "PSS %.0f, %d threads; after the messages RSS %.0f, PSS %.0f, %d threads" % tuple(m[1:]))


def start(report, rounds):
    times, cpus = [], []
    for _ in range(rounds):
        process = daemon()
        times.append(process.ready * 1000)
        cpus.append(process.cpu_ready)
        time.sleep(2)
        process.stop()
    report.row("exec to READY=1", "%.0f" % statistics.median(times), "ms",
               "%.2f CPU-s, of %d" % (statistics.median(cpus), rounds))


def chain(guests, kind, vcpus, count):
    process = subprocess.Popen([WORK + "/yardsticks/chain", URI, kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    times = []
    for _ in range(count):
        name, _unused = guests.start(vcpus)
        time.sleep(0.3)
        process.stdin.write(name + "\n")
        process.stdin.flush()
        answer = process.stdout.readline().split()
        if len(answer) != 1:
            sys.exit("the yardstick's calls failed: %s" % answer)
        times.append(float(answer[0]) / 1000)
        guests.end(name)
    process.stdin.close()
    process.wait()
    return times


def says(broker, event, name, instance):
    for recorded in BODIES:
        if event in recorded["body"] and recorded["routing_key"].startswith("versioned"):
            broker.send(recorded["routing_key"], message(recorded, HOST, instance, name, time.time()))


def until_defined(before, published, limit=20):
    """ms from then until each definition has been written anew"""
    took = {}
    end = time.time() + limit
    while len(took) < len(before):
        for name, was in before.items():
            if name not in took and stored(name) != was:
                took[name] = stored(name) / 1e6 - published * 1000
        if time.time() > end:
            sys.exit("not bound: %s; the daemon says:\n%s" % (
                sorted(set(before) - set(took)), open(WORK + "/daemon.log").read()[-9000:]))
        time.sleep(0.0005)
    return list(took.values())


def until_told(name, since, limit=20):
    """ms from then until the daemon's log has its decision"""
    while time.time() < since + limit:
        with open(WORK + "/daemon.log", "rb") as f:
            f.seek(max(0, os.path.getsize(f.name) - 4000))
            if b"(%s): " % name.encode() in f.read():
                return (time.time() - since) * 1000
        time.sleep(0.0005)
    sys.exit("not bound: " + name)


def rehearsed(options):
    """A daemon that has been up for a while: it rehearses bindings ten seconds after its start."""
    process = daemon(options)
    time.sleep(16)
    return process


def bind(report, broker, guests, bindings):
    for vcpus in (2, 16, 64):
        yard = {kind: statistics.median(chain(guests, kind, vcpus, bindings)) for kind in ("naive", "minimal")}
        report.row("bare libvirt calls in C, %d vCPUs" % vcpus, "%.1f" % yard["minimal"], "ms", "naive %.1f" % yard["naive"])
        by_event, by_message = [], []
        process = rehearsed(["sweep_interval = 3600"])
        for _ in range(bindings):
            name, instance = guests.start(vcpus)
            by_event.append(until_told(name, time.time()))
            guests.end(name)
            time.sleep(0.2)
        process.stop()
        process = rehearsed(["sweep_interval = 3600"])
        for _ in range(bindings):
            name, instance = guests.prepare()
            says(broker, "create.start", name, instance)
            time.sleep(0.3)
            guests.start(vcpus, name, instance)
            time.sleep(1)
            before, published = {name: stored(name)}, time.time()
            says(broker, "create.end", name, instance)
            by_message += until_defined(before, published)
            time.sleep(0.2)
            guests.end(name)
        process.stop()
        report.times("started, until its threads are pinned and that is logged, %d vCPUs" % vcpus, by_event,
                     ("minimal chain", yard["minimal"]))
        report.times("create.end published, until the definition is written, %d vCPUs" % vcpus,
                     by_message)


def burst(report, broker, guests, rounds):
    last = []
    for _ in range(rounds):
        process = rehearsed(["sweep_interval = 3600"])
        made = [guests.prepare() for _ in range(20)]
        for name, instance in made:
            says(broker, "create.start", name, instance)
        time.sleep(0.5)
        for name, instance in made:
            guests.start(2, name, instance)
        time.sleep(3)
        before = {name: stored(name) for name, _unused in made}
        published = time.time()
        for name, instance in made:
            says(broker, "create.end", name, instance)
        last.append(max(until_defined(before, published, 60)))
        process.stop()
        for name, _unused in made:
            guests.end(name)
    report.times("20 creates at once, until the last is bound", last)


def defined_early(guests, name, instance, vcpus, gap=0.06):
    """ms from Nova's define until the definition has been written again, by what listens; the guest starts after the gap"""
    domain = guests.connection.defineXML(guest(name, instance, vcpus))
    was, began = stored(name), time.monotonic()
    took = None
    while time.monotonic() < began + gap:
        if took is None and stored(name) != was:
            took = (time.monotonic() - began) * 1000
        time.sleep(0.0002)
    domain.create()
    return took


def early(report, broker, guests, bindings):
    """A definition that is changed between Nova's define and Nova's start."""
    for vcpus in (2, 16):
        process = subprocess.Popen([WORK + "/yardsticks/early", URI], stdout=subprocess.PIPE, text=True)
        RUNNING.append(process)
        process.stdout.readline()
        bare, written = [], []
        for _ in range(bindings):
            name, instance = guests.prepare()
            took = defined_early(guests, name, instance, vcpus)
            written += [took] if took else []
            answer = process.stdout.readline().split()
            if len(answer) != 3:
                sys.exit("the yardstick's calls failed: %s" % answer)
            bare.append([float(us) / 1000 for us in answer])
            guests.end(name)
        RUNNING.remove(process)
        process.kill()
        process.wait()
        fetched, sent, answered = ([b[i] for b in bare] for i in range(3))
        yard = statistics.median(sent)
        report.times("Defined event, until the define is sent, in C, %d vCPUs" % vcpus, sent)
        report.row("of that the fetch", "%.1f" % statistics.median(fetched), "ms",
                   "answered %.1f, written %.1f" % (statistics.median(answered), statistics.median(written)))
        process = rehearsed(["sweep_interval = 3600", "early_define = true", "debug = true"])
        laps, written, missed = [], [], 0
        for _ in range(bindings):
            name, instance = guests.prepare()
            says(broker, "create.start", name, instance)
            time.sleep(0.7)
            took = defined_early(guests, name, instance, vcpus)
            time.sleep(0.5)
            lap = laps_of(name)
            if lap is None or took is None:
                missed += 1
            else:
                laps.append(lap)
                written.append(took)
            says(broker, "create.end", name, instance)
            time.sleep(0.3)
            guests.end(name)
        process.stop()
        if not laps:
            sys.exit("nothing was bound before its start; the daemon says:\n" + open(WORK + "/daemon.log").read()[-9000:])
        report.times("Defined event, until the define is sent, %d vCPUs" % vcpus,
                     [sum(ms for stage, ms in lap if stage != "defined") for lap in laps], ("same in C", yard))
        report.row("of that", ", ".join("%s %.2f" % (stage, statistics.median(dict(lap)[stage] for lap in laps))
                                        for stage, _unused in laps[0]), "ms",
                   "written %.1f; the first: %s; %d of %d not before the start" % (
                       statistics.median(written), ", ".join("%s %.1f" % lap for lap in laps[0]), missed, bindings))


def laps_of(name):
    """The stages of an early define, ms, as the daemon logs them"""
    with open(WORK + "/daemon.log") as f:
        for line in f:
            if "(%s): bound before its start" % name in line:
                stages = line.rstrip().split("after libvirt's event, ")[1].split(", ")
                return [(stage.split()[0], float(stage.split()[1])) for stage in stages]
    return None


def main(broker, guests):
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--messages", type=int, default=20000)
    options.add_argument("--bindings", type=int, default=30)
    options.add_argument("--only", nargs="+", action="extend", choices=("consume", "start", "bind", "burst", "early"))
    options = options.parse_args()
    parts = options.only or ("consume", "start", "bind", "burst", "early")
    host_tree()
    report = Report()
    say("recording the daemon's classes, as the package does")
    recording = daemon()
    time.sleep(3)
    recording.stop()
    if "consume" in parts:
        consume(report, broker, options.rounds, options.messages)
    if "start" in parts:
        start(report, max(5, options.rounds))
    if "bind" in parts:
        bind(report, broker, guests, options.bindings)
    if "burst" in parts:
        burst(report, broker, guests, options.rounds)
    if "early" in parts:
        early(report, broker, guests, options.bindings)
    java = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr.splitlines()[0]
    head = "%s; %d CPUs (%s), load %.1f at the end; %s; libvirt %d, RabbitMQ of this machine" % (
        datetime.date.today(), os.cpu_count(), platform.machine(), os.getloadavg()[0], java, libvirt.getVersion())
    text = "\n".join([head, "", "| | median | |", "| --- | --- | --- |"] + report.lines) + "\n"
    print(text)
    os.makedirs(REPO + "/src/bench/results", exist_ok=True)
    with open("%s/src/bench/results/macro-%s.md" % (REPO, datetime.date.today()), "a") as f:
        f.write(text + "\n")


for number in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, lambda *_unused: sys.exit("ended by a signal"))
made = Guests()
try:
    main(Broker(), made)
finally:
    for running in RUNNING:
        running.kill()
    made.end_all()
