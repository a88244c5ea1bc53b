package org.novagpubinder.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.libvirt.Connect;
import org.libvirt.Secret;
import org.novagpubinder.domain.connection.LibvirtOnce;
import org.novagpubinder.domain.connection.PrivateLibvirtd;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.SecretUsage;
import org.novagpubinder.host.files.LibvirtView;
import org.novagpubinder.host.sysfs.HostDevices;
import org.novagpubinder.testing.SysfsTree;

/** Secrets, networks and volumes of a real libvirtd are looked for, as Nova defines and undefines them. */
class StartNeedsIT {
    private static final UUID GUEST = UUID.fromString("5a7d6a3e-0a52-4d2b-9d6e-0000000000f1");
    private static final UUID SECRET = UUID.fromString("5a7d6a3e-0a52-4d2b-9d6e-0000000000f2");

    @TempDir
    Path root;

    private PrivateLibvirtd libvirtd;
    private Connect nova;

    @BeforeEach
    void start() throws Exception {
        libvirtd = new PrivateLibvirtd();
        libvirtd.start();
        nova = new Connect(PrivateLibvirtd.uri("qemu", "system"));
    }

    @AfterEach
    void stop() throws Exception {
        if (nova != null) {
            nova.close();
        }
        if (libvirtd != null) {
            libvirtd.stop();
        }
    }

    @Test
    void aSecretIsThereAsLongAsItIsDefined() throws Exception {
        try (LibvirtOnce once = LibvirtOnce.open(PrivateLibvirtd.uri("qemu", "system"), Duration.ofSeconds(30))) {
            Libvirt libvirt = once.calls();
            assertThat(libvirt.secret(SECRET)).isFalse();
            assertThat(libvirt.secret(SecretUsage.CEPH, "ngb-test")).isFalse();
            Secret defined = nova.secretDefineXML("<secret ephemeral='no' private='yes'><uuid>" + SECRET
                    + "</uuid><usage type='ceph'><name>ngb-test</name></usage></secret>");
            try {
                assertThat(libvirt.secret(SECRET)).isTrue();
                assertThat(libvirt.secret(SecretUsage.CEPH, "ngb-test")).isTrue();
                assertThat(libvirt.secret(SecretUsage.ISCSI, "ngb-test")).isFalse();
            } finally {
                defined.undefine();
                defined.free();
            }
            assertThat(libvirt.secret(SECRET)).isFalse();
        }
    }

    @Test
    void aDomainWithATpmIsStartableOnlyWhileNovaHasItsSecretDefined() throws Exception {
        SysfsTree.in(root)
                .emulator()
                .file("usr/bin/swtpm", "")
                .file("usr/bin/swtpm_setup", "")
                .file("usr/bin/swtpm_ioctl", "")
                .file("var/lib/libvirt/swtpm/" + GUEST + "/tpm2/tpm2-00.permall", "");
        StartNeeds needs = new StartNeeds(new DomainXml(), new LibvirtView(root), new HostDevices(root));
        try (LibvirtOnce once = LibvirtOnce.open(PrivateLibvirtd.uri("qemu", "system"), Duration.ofSeconds(30))) {
            Libvirt libvirt = once.calls();
            libvirt.define("<domain type='qemu'><name>ngb-needs</name><uuid>" + GUEST
                    + "</uuid><memory unit='MiB'>64</memory><os><type arch='x86_64' machine='pc'>hvm</type></os>"
                    + "<devices><emulator>/usr/bin/qemu-system-x86_64</emulator><controller type='usb' model='none'/>"
                    + "<tpm model='tpm-tis'><backend type='emulator' version='2.0'><encryption secret='" + SECRET
                    + "'/></backend></tpm></devices></domain>");
            try {
                assertThat(needs.missing(libvirt, GUEST).orElseThrow().text())
                        .contains("its emulated TPM's secret " + SECRET + " is not defined in libvirt");
                Secret defined = nova.secretDefineXML("<secret ephemeral='yes' private='yes'><uuid>" + SECRET
                        + "</uuid><usage type='vtpm'><name>ngb-test-tpm</name></usage></secret>");
                assertThat(needs.missing(libvirt, GUEST)).isEmpty();
                defined.undefine();
                defined.free();
                assertThat(needs.missing(libvirt, GUEST)).isPresent();
            } finally {
                nova.domainLookupByUUIDString(GUEST.toString()).undefine();
            }
        }
    }

    @Test
    void whatLibvirtHasNoDriverForIsNotKnown() throws Exception {
        try (LibvirtOnce once = LibvirtOnce.open(PrivateLibvirtd.uri("qemu", "system"), Duration.ofSeconds(30))) {
            Libvirt libvirt = once.calls();
            // whether the drivers of networks and storage are there is the distribution's choice of packages
            for (LookUp look :
                    new LookUp[] {() -> libvirt.network("ngb-none"), () -> libvirt.volume("ngb-none", "v")}) {
                try {
                    assertThat(look.up()).isFalse();
                } catch (LibvirtFailure e) {
                    assertThat(e.kind()).as(e.getMessage()).isEqualTo(LibvirtFailure.Kind.REFUSED);
                }
            }
        }
        libvirtd.kill();
        assertThatThrownBy(() -> LibvirtOnce.open(PrivateLibvirtd.uri("qemu", "system"), Duration.ofSeconds(5)))
                .isInstanceOf(LibvirtFailure.class);
    }

    private interface LookUp {
        boolean up() throws LibvirtFailure;
    }
}
