"""What src/bench/macro measures; it is called by that, which starts RabbitMQ and libvirtd."""
import argparse
import datetime
import os
import platform
import statistics
import subprocess
import sys
import time
import uuid

import libvirt

from rig import (BODIES, JAR, PORT, QUEUE, REPO, RUNNING, URI, WORK, YARDSTICKS, Broker, Guests, Process, by_log, daemon, guest,
                 host_tree, message, run, say, says, stored)

SMALL = ["java", "-Xmx64m", "-Xss256k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"]


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
        # the file's own time counts, so looking seldom takes nothing from what is measured
        time.sleep(0.01)
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


def nothing_failed():
    """A binding that fails takes another time than one that succeeds."""
    with open(WORK + "/daemon.log") as f:
        failed = [line for line in f if " ERROR " in line]
    if failed:
        sys.exit("the daemon failed, so its times say nothing:\n" + failed[0])


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
        nothing_failed()
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
        nothing_failed()
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
        nothing_failed()
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


run(main)
