"""What src/dev/endurance drives, samples and judges; it is called by that, which restarts RabbitMQ and libvirtd meanwhile."""
import argparse
import collections
import json
import os
import random
import re
import statistics
import struct
import threading
import time
import urllib.request
import uuid
import xml.etree.ElementTree

import amqp.exceptions
import libvirt

from rig import BODIES, HOST, REPO, URI, WORK, Broker, by_log, daemon, guest, host_tree, message, recorded_in, run, say
import plot

LIFE = BODIES + recorded_in("life.jsonl")
GONE = (libvirt.VIR_ERR_INTERNAL_ERROR, libvirt.VIR_ERR_RPC, libvirt.VIR_ERR_SYSTEM_ERROR, libvirt.VIR_ERR_INVALID_CONN,
        libvirt.VIR_ERR_NO_CONNECT, libvirt.VIR_ERR_OPERATION_FAILED)
COLUMNS = ("seconds", "rss_mib", "pss_mib", "anonymous_mib", "threads", "fds", "heap_mib", "messages", "errors", "warnings",
           "cpu_seconds", "running", "clock_offset")


class Instance:
    def __init__(self, number):
        self.name, self.uuid = "instance-%08x" % number, str(uuid.uuid4())
        self.running, self.start_calls = False, 0


class Nova:
    """Creates, reboots, stops, starts and deletes guests as Nova does, whatever is restarted meanwhile."""

    def __init__(self, most, rng):
        self.most, self.random = most, rng
        self.instances, self.deleted, self.number = [], [], 0
        self.broker, self.connection = None, None
        self.done = collections.Counter()

    def says(self, event, instance, request):
        body = next(r for r in LIFE if '\\"instance.%s\\"' % event in r["body"])
        text = message(body, HOST, instance.uuid, instance.name, time.time(), request)
        # as with oslo.messaging's retry = -1: it is sent again until the broker has it
        while True:
            try:
                self.broker = self.broker or Broker(confirm=True)
                return self.broker.send(body["routing_key"], text)
            except (OSError, amqp.exceptions.AMQPError):
                self.broker = None
                time.sleep(0.5)

    def libvirt(self, call):
        """The call, made again while libvirtd is away; calls must bear that."""
        while True:
            try:
                self.connection = self.connection or libvirt.open(URI)
                return call(self.connection)
            except libvirt.libvirtError as e:
                if e.get_error_code() not in GONE:
                    raise
                say("again, as libvirt says: %s" % e)
                self.done["repeated calls"] += 1
                self.connection = None
                time.sleep(0.5)

    def found(self, connection, instance):
        return next((d for d in connection.listAllDomains() if d.name() == instance.name), None)

    def destroy(self, instance):
        def call(connection):
            domain = self.found(connection, instance)
            if domain and domain.isActive():
                domain.destroy()
        self.libvirt(call)

    def undefine(self, instance):
        def call(connection):
            domain = self.found(connection, instance)
            if domain:
                domain.undefine()
        self.libvirt(call)

    def boot(self, instance):
        self.libvirt(lambda c: c.defineXML(guest(instance.name, instance.uuid, 1)))
        time.sleep(0.7)

        def call(connection):
            domain = self.found(connection, instance)
            if not domain.isActive():
                instance.start_calls += 1
                domain.create()
        self.libvirt(call)
        instance.running = True
        time.sleep(0.3)

    def create(self):
        self.number += 1
        instance = Instance(self.number)
        self.instances.append(instance)
        self.task("create", instance, self.boot)

    def task(self, name, instance, does, request=None):
        request = request or "req-" + str(uuid.uuid4())
        self.says(name + ".start", instance, request)
        time.sleep(0.5)
        does(instance)
        self.says(name + ".end", instance, request)
        self.done[name] += 1

    def hard_reboot(self, instance):
        self.destroy(instance)
        self.undefine(instance)
        self.boot(instance)

    def stop(self, instance):
        instance.running = False
        self.destroy(instance)

    def shutdown(self, instance):
        instance.running = False
        self.destroy(instance)
        self.undefine(instance)

    def delete(self, instance):
        request = "req-" + str(uuid.uuid4())
        self.task("delete", instance, lambda i: self.task("shutdown", i, self.shutdown, request), request)
        self.instances.remove(instance)
        self.deleted.append(instance)

    def next(self):
        if len(self.instances) < self.most:
            return self.create()
        instance = self.random.choice(self.instances)
        if not instance.running:
            return self.task("power_on", instance, self.hard_reboot)
        return self.random.choice((
            lambda: self.task("reboot", instance, self.hard_reboot),
            lambda: self.task("power_off", instance, self.stop),
            lambda: self.delete(instance)))()


def others(end, rate, sent):
    """Messages of other hosts' guests, at a steady rate."""
    bodies = [(r["routing_key"], message(r, "host-%d" % n, str(uuid.uuid4()), "instance-%08x" % n)) for n in range(20) for r in LIFE]
    broker, due, i = None, time.monotonic(), 0
    while time.monotonic() < end:
        try:
            broker = broker or Broker()
            for _ in range(rate // 20):
                broker.send(*bodies[i % len(bodies)])
                i += 1
            sent["others"] = i
        except (OSError, amqp.exceptions.AMQPError):
            broker = None
            time.sleep(0.2)
        due = max(due + 0.05, time.monotonic() - 1)
        time.sleep(max(0, due - time.monotonic()))


class Samples:
    """What the daemon holds, each few seconds, into a file of comma-separated values."""

    def __init__(self, process, nova, clock, port, directory):
        self.process, self.nova, self.clock, self.port = process, nova, clock, port
        self.log, self.began, self.rows = os.path.join(WORK, "daemon.log"), time.monotonic(), []
        self.file = open(directory + "/samples.csv", "w")
        self.file.write(",".join(COLUMNS) + "\n")

    def ask(self, path):
        return urllib.request.urlopen("http://127.0.0.1:%d%s" % (self.port, path), timeout=10).read().decode()

    def take(self):
        pid = self.process.process.pid
        kib = {line.split(":")[0]: int(line.split()[1]) for line in open("/proc/%d/smaps_rollup" % pid).read().splitlines()[1:]}
        metrics = self.ask("/metrics")
        total = lambda name: sum(float(v) for v in re.findall(r"^%s(?:\{[^}]*\})? (\S+)" % name, metrics, re.M))
        levels = collections.Counter(re.findall(r"\b(ERROR|WARN)\b", open(self.log).read()))
        row = (round(time.monotonic() - self.began), kib["Rss"] / 1024, kib["Pss"] / 1024, kib["Anonymous"] / 1024,
               len(os.listdir("/proc/%d/task" % pid)), len(os.listdir("/proc/%d/fd" % pid)),
               total('jvm_memory_used_bytes{area="heap"}'.replace("{", r"\{").replace("}", r"\}")) / 2**20
               or total("jvm_memory_used_bytes") / 2**20,
               int(total("nova_gpu_binder_notifications_total")), levels["ERROR"], levels["WARN"], self.process.cpu(),
               sum(i.running for i in self.nova.instances), self.clock.offset)
        self.rows.append(row)
        self.file.write(",".join("%.1f" % v if isinstance(v, float) else str(v) for v in row) + "\n")
        self.file.flush()

    def run(self, end):
        while time.monotonic() < end:
            try:
                self.take()
            except OSError as e:
                say("no sample: %s" % e)
            time.sleep(15)

    def quarters(self, column):
        values = [row[COLUMNS.index(column)] for row in self.rows]
        n = max(1, len(values) // 4)
        return statistics.median(values[:n]), statistics.median(values[-n:])


class Clock:
    """The daemon's own, off by the seconds that are in a file"""
    STEPS = (37, 7200, -3600, 0, -90, 86400, 0)

    def __init__(self):
        self.file, self.number = WORK + "/clock", 0
        with open(self.file, "wb") as f:
            f.write(bytes(8))
        self.offset = 0

    def step(self):
        self.offset = self.STEPS[self.number % len(self.STEPS)]
        self.number += 1
        # not made anew: it is mapped
        with open(self.file, "r+b") as f:
            f.write(struct.pack("q", self.offset))
        say("the daemon's clock is off by %d s" % self.offset)

    def environment(self):
        return dict(LD_PRELOAD=WORK + "/clock.so", CLOCK_OFFSET=self.file)


def starts(instance):
    """How often libvirt has started its QEMU, by that one's log"""
    try:
        return open("%s/libvirt/log/qemu/%s.log" % (WORK, instance.name)).read().count(": starting up")
    except FileNotFoundError:
        return 0


def judge(nova, samples):
    """What is wrong at the end, and what is to be told"""
    wrong, told = [], []
    domains = {d.name(): d for d in nova.libvirt(lambda c: c.listAllDomains())}
    outcomes = {o["domain"]: o for o in json.loads(samples.ask("/outcomes"))["outcomes"]}
    kinds = collections.Counter()
    for instance in nova.instances:
        domain = domains.pop(instance.name, None)
        if domain is None:
            wrong.append("%s is lost" % instance.name)
            continue
        if bool(domain.isActive()) != instance.running:
            wrong.append("%s %s" % (instance.name, "is off" if instance.running else "runs, though it was stopped"))
        outcome = outcomes.get(instance.name)
        kinds[outcome["outcome"] if outcome else "none"] += 1
        if instance.running:
            # a running guest's memory policy cannot be set, but its next start's is
            live, next_start = (xml.etree.ElementTree.fromstring(domain.XMLDesc(flags)) for flags in (0, libvirt.VIR_DOMAIN_XML_INACTIVE))
            pins = [p.get("cpuset") for p in live.findall("cputune/vcpupin")]
            nodes = [m.get("nodeset") for m in next_start.findall("numatune/memory")]
            beside = pins == ["0"] and nodes == ["0"]
            reasons = [r["text"] for r in outcome["reasons"]] if outcome else []
            if not beside and (not outcome or outcome["outcome"] in ("bound", "aligned") or not reasons):
                wrong.append("%s is not beside its GPU, without a reason: %s" % (instance.name, outcome))
            if outcome and outcome["outcome"] not in ("bound", "aligned"):
                told.append("%s is %s: %s" % (instance.name, outcome["outcome"], "; ".join(reasons)))
    wrong += ["%s is there, though it was deleted" % name for name in domains]
    for instance in nova.instances + nova.deleted:
        if starts(instance) > instance.start_calls:
            wrong.append("%s was started %d times, by %d calls of Nova's" % (instance.name, starts(instance), instance.start_calls))
    told.append("guests at the end: " + ", ".join("%d %s" % (n, k) for k, n in sorted(kinds.items())))
    for column in ("rss_mib", "pss_mib", "anonymous_mib", "heap_mib", "threads", "fds"):
        first, last = samples.quarters(column)
        told.append("%s: %.1f in the first quarter, %.1f in the last (%+.1f %%)" % (column, first, last, (last / first - 1) * 100))
        if column in ("rss_mib", "threads", "fds") and abs(last / first - 1) > 0.05:
            wrong.append("%s is not flat" % column)
    return wrong, told


def complaints(log):
    """Warnings and errors of the daemon's, by what they say but for names and numbers"""
    kinds, examples = collections.Counter(), {}
    for line in open(log):
        level = re.search(r"\b(ERROR|WARN)\b", line)
        if level:
            kind = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|instance-[0-9a-f]{8}|\d+", "#", line[level.start():].strip())
            kinds[kind] += 1
            examples.setdefault(kind, line.strip())
    return ["%5d x %s" % (n, examples[kind]) for kind, n in kinds.most_common()]


def main(options, directory, nova):
    # a CPU each: that of the first is there, so that libvirt reports pins to it
    host_tree(1)
    clock, sent = Clock(), {}
    port = int(os.environ["METRICS_PORT"])
    recording = daemon()
    time.sleep(3)
    recording.stop()
    process = daemon(["restart = boot-window", "metrics_listen = 127.0.0.1:%d" % port], **(clock.environment() if options.clock else {}))
    say("process %d, ready after %.1f s" % (process.process.pid, process.ready))
    end = time.monotonic() + options.minutes * 60
    samples = Samples(process, nova, clock, port, directory)
    threads = [threading.Thread(target=others, args=(end, options.messages, sent)), threading.Thread(target=samples.run, args=(end,))]
    for thread in threads:
        thread.daemon = True
        thread.start()
    stepped = time.monotonic()
    # the last minute is for what is under way
    while time.monotonic() < end - 60:
        nova.next()
        if options.clock and time.monotonic() > stepped + options.every * 0.8:
            stepped = time.monotonic()
            clock.step()
        time.sleep(nova.random.uniform(0.5, 1.5) * (2 if len(nova.instances) < nova.most else options.pause))
    for thread in threads:
        thread.join()
    wrong, told = judge(nova, samples)
    if process.process.poll() is not None:
        wrong.append("the daemon ended: %s" % process.process.returncode)
    told.append("done: " + ", ".join("%d %s" % (n, k) for k, n in nova.done.items()) + "; %d messages of others sent" % sent["others"])
    told.append("the daemon's CPU: %.1f %% of one" % (samples.rows[-1][10] / samples.rows[-1][0] * 100))
    told += complaints(samples.log)
    plot.draw(directory + "/plot.svg", COLUMNS, samples.rows)
    text = "\n".join(told + ["WRONG: " + w for w in wrong]) + "\n"
    open(directory + "/result.txt", "w").write(text)
    print(text)
    return 1 if wrong else 0


def arguments():
    options = argparse.ArgumentParser()
    options.add_argument("minutes", type=float)
    options.add_argument("--every", type=int, required=True)
    options.add_argument("--guests", type=int, default=20)
    options.add_argument("--messages", type=int, default=500)
    options.add_argument("--pause", type=float, default=12)
    options.add_argument("--no-clock", dest="clock", action="store_false")
    return options.parse_args()


chosen = arguments()
results = REPO + "/target/endurance"
os.makedirs(results, exist_ok=True)
raise SystemExit(run(lambda broker, guests: main(chosen, results, Nova(chosen.guests, random.Random(1)))))
