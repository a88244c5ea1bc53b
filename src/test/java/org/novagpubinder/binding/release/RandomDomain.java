package org.novagpubinder.binding.release;

import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

/** Domain XML as libvirt prints it, with anything in it that a binding may touch. The same seed gives the same domain. */
final class RandomDomain {
    private final Random random;
    private final StringBuilder xml = new StringBuilder();
    private final int vcpus;
    private final int cells;
    private final int iothreads;

    private RandomDomain(long seed) {
        this.random = new Random(seed);
        this.vcpus = 1 + random.nextInt(8);
        this.cells = random.nextInt(3) == 0 ? 1 + random.nextInt(Math.min(4, vcpus)) : 0;
        this.iothreads = random.nextInt(3);
    }

    static String xml(long seed) {
        return new RandomDomain(seed).write();
    }

    private String write() {
        line("<domain type='kvm'>");
        line("  <name>instance-%08x</name>".formatted(random.nextInt()));
        line("  <uuid>%s</uuid>".formatted(new UUID(random.nextLong(), random.nextLong())));
        if (random.nextBoolean()) {
            line("  <metadata>");
            line(
                    "    <nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/1.1'><nova:name>größe</nova:name>");
            line("    </nova:instance>");
            line("  </metadata>");
        }
        line("  <memory unit='KiB'>%s</memory>".formatted(1048576 * Math.max(1, cells)));
        line("  <vcpu placement='static'%s>%s</vcpu>".formatted(random.nextBoolean() ? " cpuset='0-7'" : "", vcpus));
        if (iothreads > 0) {
            line("  <iothreads>%s</iothreads>".formatted(iothreads));
        }
        cputune();
        numatune();
        line("  <os>");
        line("    <type arch='x86_64' machine='q35'>hvm</type>");
        line("  </os>");
        if (cells > 0) {
            line("  <cpu>");
            line("    <numa>");
            IntStream.range(0, cells)
                    .forEach(c -> line("      <cell id='%s' cpus='%s' memory='1048576' unit='KiB'/>".formatted(c, c)));
            line("    </numa>");
            line("  </cpu>");
        }
        devices();
        line("</domain>");
        return xml.toString();
    }

    private void cputune() {
        boolean shares = random.nextBoolean();
        boolean scheduler = random.nextInt(4) == 0;
        boolean pins = random.nextBoolean();
        boolean emulator = random.nextInt(3) == 0;
        if (!shares && !scheduler && !pins && !emulator) {
            return;
        }
        line("  <cputune>");
        if (shares) {
            line("    <shares>2048</shares>");
        }
        for (int v = 0; pins && v < vcpus; v++) {
            if (random.nextInt(3) > 0) {
                line("    <vcpupin vcpu='%s' cpuset='%s'/>".formatted(v, set()));
            }
        }
        if (emulator) {
            line("    <emulatorpin cpuset='%s'/>".formatted(set()));
        }
        for (int i = 1; pins && i <= iothreads; i++) {
            if (random.nextBoolean()) {
                line("    <iothreadpin iothread='%s' cpuset='%s'/>".formatted(i, set()));
            }
        }
        // a neighbour that must stay, and that keeps the element from being empty
        line("    <vcpusched vcpus='0' scheduler='fifo' priority='1'/>");
        line("  </cputune>");
    }

    private void numatune() {
        boolean memory = random.nextInt(3) == 0;
        boolean memnode = cells > 0 && random.nextBoolean();
        if (!memory && !memnode) {
            return;
        }
        line("  <numatune>");
        if (memory) {
            line("    <memory mode='%s' nodeset='%s'/>".formatted(mode(), set()));
        }
        for (int c = 0; memnode && c < cells; c++) {
            if (c == 0 || random.nextBoolean()) {
                line("    <memnode cellid='%s' mode='%s' nodeset='%s'/>".formatted(c, mode(), set()));
            }
        }
        line("  </numatune>");
    }

    private void devices() {
        line("  <devices>");
        line("    <emulator>/usr/bin/qemu-system-x86_64</emulator>");
        line("    <input type='mouse' bus='ps2'/>");
        if (random.nextBoolean()) {
            line("    <graphics type='vnc' port='-1' autoport='yes' passwd='hush'/>");
        }
        switch (random.nextInt(6)) {
            case 0 -> line("    <graphics type='egl-headless'/>");
            case 1 -> line("    <graphics type='egl-headless'><gl rendernode='/dev/dri/renderD128'/></graphics>");
            case 2 -> line("    <graphics type='spice'><listen type='none'/><gl enable='yes'/></graphics>");
            case 3 -> line("    <graphics type='spice'><gl enable='yes' rendernode='/dev/dri/renderD130'/></graphics>");
            default -> {
                // no display with GL: one may be added
            }
        }
        line("    <!-- by hand -->");
        line("    <video>");
        String model = random.nextInt(4) == 0 ? "vga" : "virtio";
        String inner =
                switch (random.nextInt(6)) {
                    case 0 -> "<acceleration accel3d='yes'/>";
                    case 1 -> "<acceleration accel3d='no'/>";
                    case 2 -> "<acceleration accel2d='no' accel3d='no'/>";
                    case 3 -> "<acceleration accel2d='yes'/><resolution x='800' y='600'/>";
                    case 4 -> "<resolution x='800' y='600'/>";
                    default -> "";
                };
        line("      <model type='%s' heads='1' primary='yes'>%s</model>".formatted(model, inner));
        line("    </video>");
        line("  </devices>");
    }

    private String set() {
        int first = random.nextInt(4);
        return switch (random.nextInt(3)) {
            case 0 -> Integer.toString(first);
            case 1 -> first + "-" + (first + 1 + random.nextInt(4));
            default -> first + "," + (first + 2);
        };
    }

    private String mode() {
        return new String[] {"strict", "preferred", "interleave", "restrictive"}[random.nextInt(4)];
    }

    private void line(String text) {
        xml.append(text).append('\n');
    }
}
