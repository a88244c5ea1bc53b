package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.domain.connection.EmbeddedLibvirt;
import org.novagpubinder.domain.connection.LibvirtOnce;
import org.novagpubinder.domain.connection.PrivateLibvirtd;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.testing.SysfsTree;
import org.novagpubinder.testing.XmlMeaning;

/** {@code bind}, {@code release} and {@code status --reconcile} as an operator gives them, against a libvirtd. */
class ReleaseCommandIT {
    private static final String NAME = "ngb-command";
    private static final UUID ID = UUID.fromString("5a7d6a3e-0a52-4d2b-9d6e-0000000000fd");
    private static final UUID OTHER = UUID.fromString("5a7d6a3e-0a52-4d2b-9d6e-0000000000fc");
    private static final String DISPLAY =
            "<graphics type='egl-headless'/><video><model type='virtio'/></video><memballoon";

    /** Nova's; of metadata with nothing else in it libvirt keeps the empty element. */
    private static final String METADATA =
            "<metadata><nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/1.1'>"
                    + "<nova:flavor name='gpu.small'/></nova:instance></metadata>";

    @TempDir
    Path root;

    private final CommandRig command = new CommandRig();
    private PrivateLibvirtd libvirtd;
    private String uri = "";

    @BeforeEach
    void start() throws Exception {
        assumeThat(Runtime.getRuntime().availableProcessors())
                .as("CPUs of this machine")
                .isGreaterThan(1);
        SysfsTree.in(root)
                .node(0, "0", 8, 1)
                .node(1, "1", 8, 7)
                .distances(0, "10 21")
                .distances(1, "21 10")
                .pci("0000:21:00.0", d -> d.pciClass("038000").node(0).render(128))
                .pci("0000:41:00.0", d -> d.pciClass("038000").node(1).render(129));
        libvirtd = new PrivateLibvirtd();
        libvirtd.start();
        uri = PrivateLibvirtd.uri("qemu", "system");
    }

    @AfterEach
    void stop() throws Exception {
        if (!uri.isEmpty()) {
            Connect connect = new Connect(uri);
            for (Domain d : connect.listAllDomains(0)) {
                d.undefine();
                d.free();
            }
            connect.close();
        }
        if (libvirtd != null) {
            libvirtd.stop();
        }
    }

    private int run(String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(
                "--connect", uri, "--root", root.toString(), "--config-file", CommandRig.emptyConfiguration(root)));
        return command.run(all.toArray(String[]::new));
    }

    private interface Asked<T> {
        T of(Libvirt libvirt) throws Exception;
    }

    private <T> T libvirt(Asked<T> question) throws Exception {
        try (LibvirtOnce once = LibvirtOnce.open(uri, Duration.ofSeconds(60))) {
            return question.of(once.calls());
        }
    }

    private String defined(UUID uuid, String name) throws Exception {
        String guest = EmbeddedLibvirt.guest(name, uuid, METADATA).replace("<memballoon", DISPLAY);
        return libvirt(l -> {
            l.define(guest);
            return l.secureInactiveXml(uuid);
        });
    }

    private String definition(UUID uuid) throws Exception {
        return libvirt(l -> l.secureInactiveXml(uuid));
    }

    private JsonNode json() throws Exception {
        return new ObjectMapper().readTree(command.out());
    }

    @Test
    void whatIsBoundIsReleasedAndBoundAgain() throws Exception {
        String before = defined(ID, NAME);
        assertThat(run("release", NAME)).isEqualTo(Exit.FINE);
        assertThat(command.out()).contains("nothing to release", "[not-bound]");

        assertThat(run("bind", NAME)).isEqualTo(Exit.WARNING);
        assertThat(command.out()).contains("wrote the definition");
        assertThat(XmlMeaning.sameMeaning(definition(ID), before)).isFalse();
        assertThat(run("status", "--reconcile")).isEqualTo(Exit.FINE);
        assertThat(command.out()).contains(NAME, "deferred to", "nothing");

        assertThat(run("release", ID.toString())).isEqualTo(Exit.FINE);
        assertThat(command.out()).contains("): released\n", "put its definition back");
        DomainXml xml = new DomainXml();
        assertThat(xml.read(definition(ID)).tuning()).isEqualTo(xml.read(before).tuning());
        assertThat(run("status", "--reconcile", "--json")).isEqualTo(Exit.FINE);
        assertThat(json().get("domains").get(0).get("record").asText()).isEqualTo("released");
        assertThat(json().get("domains").get(0).get("nextSweep").get(0).asText())
                .isEqualTo("nothing");

        assertThat(run("bind", NAME)).isEqualTo(Exit.WARNING);
        assertThat(run("release", "--all", "--yes")).isEqualTo(Exit.FINE);
        assertThat(XmlMeaning.sameMeaning(definition(ID), before))
                .as("without a trace")
                .isTrue();
    }

    @Test
    void allAreReleasedWithoutATraceUnlessADaemonRuns() throws Exception {
        String first = defined(ID, NAME);
        String second = defined(OTHER, NAME + "-2");
        run("bind", NAME);
        run("bind", NAME + "-2");
        run("release", NAME + "-2");
        Path daemon = SysfsTree.in(root)
                .file("proc/77/cmdline", "java\0-jar\0/usr/share/nova-gpu-binder/nova-gpu-binder.jar\0run\0")
                .root();

        assertThat(run("release", "--all", "--yes")).isEqualTo(Exit.FAILURE);
        assertThat(command.err()).contains("a daemon runs (process 77)", "systemctl disable --now", "one of its own");
        assertThat(XmlMeaning.sameMeaning(definition(ID), first)).isFalse();

        SysfsTree.in(daemon).without("proc/77/cmdline");
        assertThat(run("release", "--all", "--yes", "--json")).isEqualTo(Exit.FINE);
        assertThat(json().get("domains")).hasSize(2);
        assertThat(XmlMeaning.sameMeaning(definition(ID), first)).isTrue();
        assertThat(XmlMeaning.sameMeaning(definition(OTHER), second)).isTrue();

        assertThat(run("release", "--all", "--yes")).isEqualTo(Exit.FINE);
        assertThat(command.out()).isEqualTo("no domain has anything of nova-gpu-binder\n");
    }

    @Test
    void aDomainThatIsNotThereIsNamed() throws Exception {
        assertThat(run("release", "instance-00000099")).isEqualTo(Exit.FAILURE);
        assertThat(command.err()).contains("libvirt has no domain 'instance-00000099'");
    }
}
