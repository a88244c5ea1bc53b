package org.novagpubinder.check.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;
import org.novagpubinder.check.CheckRig;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.check.result.CheckResult.State;
import org.novagpubinder.domain.connection.EmbeddedLibvirt;
import org.novagpubinder.domain.connection.LibvirtOnce;
import org.novagpubinder.domain.connection.PrivateLibvirtd;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.SysfsTree;

/** What the checks tell of a libvirtd. */
class LibvirtChecksIT {
    @TempDir
    Path root;

    private PrivateLibvirtd libvirtd;
    private final List<UUID> ids = List.of(
            UUID.fromString("5a7d6a3e-0a52-4d2b-9d6e-0000000000e1"),
            UUID.fromString("5a7d6a3e-0a52-4d2b-9d6e-0000000000e2"));

    @BeforeEach
    void start() throws Exception {
        libvirtd = new PrivateLibvirtd();
        libvirtd.start();
        // its directories are those of other tests too, which may have left a guest
        undefineAll(PrivateLibvirtd.uri("qemu", "system"));
    }

    @AfterEach
    void stop() throws Exception {
        if (libvirtd != null) {
            libvirtd.stop();
        }
    }

    private String told(String uri, Class<? extends Check> check) throws Exception {
        try (CheckRig rig = CheckRig.ofLibvirt(root, uri)) {
            return rig.told(check);
        }
    }

    @Test
    void aConnectionIsTriedForWritingAndEventsAndNothingIsDefined() throws Exception {
        String uri = PrivateLibvirtd.uri("qemu", "system");
        assertThat(told(uri, LibvirtCheck.class))
                .startsWith("OK " + uri + ": version ")
                .endsWith(", for writing, with events");
        assertThat(told(uri + "-ro", LibvirtCheck.class))
                .startsWith("FAILURE ")
                .contains("\nrun as root, or as a user of the group libvirt");
        assertThat(told(PrivateLibvirtd.uri("test", "default"), LibvirtCheck.class))
                .startsWith("FAILURE ")
                .contains(" is not QEMU's");
        assertThat(told(uri, RecordsCheck.class)).startsWith("OK 0 domains, ");
    }

    @Test
    void aLibvirtdThatHangsIsGivenUpAfterSeconds() throws Exception {
        libvirtd.freeze();
        long begin = System.nanoTime();
        try (CheckRig rig = CheckRig.ofLibvirt(root, PrivateLibvirtd.uri("qemu", "system"))) {
            assertThat(rig.told(LibvirtCheck.class))
                    .contains("no answer within 5.0 s")
                    .contains("systemctl restart");
            assertThat(rig.run(RecordsCheck.class)).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        } finally {
            libvirtd.thaw();
        }
    }

    @Test
    void recordsOfAnotherHostAreCountedAndIfThereAreNoOthersSuspected() throws Exception {
        String uri = PrivateLibvirtd.uri("qemu", "system");
        try (LibvirtOnce once = LibvirtOnce.open(uri, Duration.ofSeconds(30))) {
            Libvirt libvirt = once.calls();
            for (UUID id : ids) {
                libvirt.define(
                        EmbeddedLibvirt.guest("ngb-check-" + id.toString().substring(34), id, ""));
                libvirt.setRecord(id, record("cmp-z"));
            }
            assertThat(told(uri, RecordsCheck.class))
                    .startsWith("WARNING all 2 records are of host 'cmp-z', none of 'cmp-a'\n");
            Path conf = Files.writeString(root.resolve("uri.conf"), "[gpu_binder]\nconnection_uri = " + uri + "\n");
            try (CheckRig rig = CheckRig.of(root, List.of(conf, root.resolve("absent.conf")))) {
                assertThat(rig.told(RecordsCheck.class))
                        .as("its host is not known to be Nova's")
                        .startsWith("UNKNOWN whose the records of 2 domains are is not known");
            }
            libvirt.setRecord(ids.get(0), record("cmp-a"));
            assertThat(told(uri, RecordsCheck.class))
                    .isEqualTo(
                            "OK 2 domains, 1 with a record of this host, 1 of cmp-z (come from there, planned anew)");
            libvirt.setRecord(ids.get(1), record("cmp-a").replace("state=\"set\"", "state=\"levitating\""));
            assertThat(told(uri, RecordsCheck.class))
                    .startsWith("WARNING 1 of 2 domains have a record that this version cannot read");
        } finally {
            undefineAll(uri);
        }
    }

    private static void undefineAll(String uri) throws LibvirtException {
        Connect connect = new Connect(uri);
        for (Domain d : connect.listAllDomains(0)) {
            d.undefine();
            d.free();
        }
        connect.close();
    }

    private static String record(String host) {
        return RecordXml.write(new BindingRecord(
                "1.0",
                host,
                Instant.parse("2026-11-23T12:00:00Z"),
                BindingRecord.State.SET,
                Outcome.BOUND,
                List.of(),
                IdSet.of(0),
                Tuning.NONE,
                Tuning.NONE,
                false,
                null,
                Map.of(),
                0,
                null,
                null,
                0,
                null));
    }

    @Test
    void aQemuWithoutTheVideoModuleIsToldWhereRenderNodesAre() throws Exception {
        String uri = PrivateLibvirtd.uri("qemu", "system");
        SysfsTree tree = SysfsTree.twoNodes(root);
        try (CheckRig rig = CheckRig.ofLibvirt(root, uri)) {
            assertThat(rig.run(DisplayCheck.class)).isEmpty();
        }
        tree.pci("0000:21:00.0", d -> d.node(0).render(128));
        tree.file("usr/lib/x86_64-linux-gnu/qemu/hw-display-qxl.so", "");
        assertThat(told(uri, DisplayCheck.class))
                .startsWith("WARNING QEMU lacks ")
                .contains("video virtio with 3D (hw-display-virtio-gpu-gl.so)")
                .endsWith("\napt install qemu-system-gui");
        tree.file("etc/yum.repos.d/fedora.repo", "");
        assertThat(told(uri, DisplayCheck.class))
                .contains("\ndnf install qemu-")
                .doesNotContain("apt ");
        tree.file("usr/lib/x86_64-linux-gnu/qemu/hw-display-virtio-gpu-gl.so", "");
        try (CheckRig rig = CheckRig.ofLibvirt(root, uri)) {
            CheckResult result = rig.one(DisplayCheck.class);
            // whether this machine's QEMU has egl-headless is not for the tree to say
            assertThat(result.state() == State.OK || result.text().startsWith("QEMU lacks graphics egl-headless:"))
                    .isTrue();
        }
    }
}
