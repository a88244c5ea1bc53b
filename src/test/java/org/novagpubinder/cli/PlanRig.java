package org.novagpubinder.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.novagpubinder.testing.SysfsTree;

/** Runs {@code plan} for files, on a host of two nodes with a render node each and a GPU for passing through on node 1. */
final class PlanRig {
    static final String PLACED_ON_1 = """
            <cputune><vcpupin vcpu='0' cpuset='8-15'/><vcpupin vcpu='1' cpuset='8-15'/><emulatorpin cpuset='8-15'/></cputune>
            <numatune><memory mode='strict' nodeset='1'/></numatune>""";
    static final String PLACED_ON_0 = PLACED_ON_1.replace("8-15", "0-7").replace("nodeset='1'", "nodeset='0'");
    static final String RENDER_0 = "<graphics type='egl-headless'><gl rendernode='/dev/dri/renderD128'/></graphics>";
    static final String VFIO_1 =
            "<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x42' slot='0x00' "
                    + "function='0x0'/></source></hostdev>";

    final SysfsTree tree;
    final Path root;
    final CommandRig command = new CommandRig();

    PlanRig(Path root) {
        this.root = root;
        tree = SysfsTree.twoNodes(root)
                .pci("0000:21:00.0", d -> d.pciClass("038000").node(0).render(128))
                .pci("0000:41:00.0", d -> d.pciClass("038000").node(1).render(129))
                .pci(
                        "0000:42:00.0",
                        d -> d.pciClass("030200").driver("vfio-pci").node(1));
    }

    int plan(Path file, String... more) throws Exception {
        return plan(List.of(file), more);
    }

    int plan(List<Path> files, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of(more));
        words.add("--domain-xml");
        files.forEach(f -> words.add(f.toString()));
        return run(words.toArray(String[]::new));
    }

    /** {@code plan} of the host's tree, with whatever arguments. */
    int run(String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("plan", "--root", root.toString()));
        words.addAll(List.of("--config-file", CommandRig.emptyConfiguration(root)));
        words.addAll(List.of(more));
        return command.run(words.toArray(String[]::new));
    }

    String out() {
        return command.out();
    }

    String err() {
        return command.err();
    }

    JsonNode json() throws Exception {
        return new ObjectMapper().readTree(command.out());
    }

    Path file(String text) throws Exception {
        return bytes("guest.xml", text.getBytes(StandardCharsets.UTF_8));
    }

    Path bytes(String name, byte[] bytes) throws Exception {
        return Files.write(root.resolve(name), bytes);
    }

    static String guest(String id, int gib, String tune, String devices) {
        return """
                <domain type='kvm'%s>
                  <name>instance-0000002a</name>
                  <uuid>5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11</uuid>
                  <memory unit='GiB'>%s</memory>
                  <vcpu>2</vcpu>
                  %s
                  <os><type>hvm</type></os>
                  <devices>
                    %s
                  </devices>
                </domain>
                """.formatted(id, gib, tune, devices);
    }
}
