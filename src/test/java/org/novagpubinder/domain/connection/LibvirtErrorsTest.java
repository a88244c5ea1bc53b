package org.novagpubinder.domain.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.domain.libvirt.LibvirtErrors;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;

class LibvirtErrorsTest {
    private static final String LOCAL = "qemu:///system";

    @ParameterizedTest
    @CsvSource({
        "42, NO_DOMAIN",
        "5, CONNECTION",
        "68, BUSY",
        "55, REFUSED",
        "67, REFUSED",
        "84, REFUSED",
        "8, ERROR",
        "38, ERROR",
        "9, ERROR",
        "111, ERROR"
    })
    void eachErrorHasItsPolicy(int code, Kind kind) {
        assertThat(LibvirtErrors.kind(code, "words")).isEqualTo(kind);
    }

    @Test
    void whoIsNotRootIsToldSoWhereThereIsNoPolkit() {
        assertThat(LibvirtErrors.remedyOfOpen(
                        LOCAL,
                        "internal error: Unable to get system bus connection: Could not connect: No"
                                + " such file or directory"))
                .startsWith("run as root");
    }

    @Test
    void aLoginThatRootNeedsTooIsNotMendedByBeingRoot() {
        assertThat(LibvirtErrors.remedyOfOpen(
                        LOCAL,
                        "authentication failed: Failed to start SASL negotiation: -4 (SASL(-4): no"
                                + " mechanism available: No worthy mechs found)"))
                .contains("connection_uri = qemu:///system in [gpu_binder]", "/etc/libvirt/auth.conf")
                .doesNotContain("run as root");
        assertThat(LibvirtErrors.remedyOfOpen(
                        LOCAL, "Cannot read CA certificate '/etc/pki/CA/cacert.pem': No such file or directory"))
                .contains("TLS", "connection_uri = qemu:///system in [gpu_binder]");
    }

    /** Kolla's and others' nova.conf names libvirt by TCP or SSH: a daemon that runs need not listen there. */
    @ParameterizedTest
    @CsvSource({
        "qemu+tcp://10.0.0.1/system, \"unable to connect to server at '10.0.0.1:16509': Connection refused\", does it listen there",
        "qemu+tcp://cmp/system, Unable to resolve address 'cmp' service '16509': Name or service not known, correct the host",
        "qemu+ssh://cmp/system, Cannot recv data: Permission denied (publickey).: Connection reset by peer, another program",
        "qemu+ssh://cmp/system, Cannot recv data: Host key verification failed.: Connection reset by peer, another program",
        "qemu+ext:///system, 'invalid argument: remote_open: for ''ext'' transport, command is required', another program",
    })
    void aUriThatGoesElsewhereIsNotMendedByAStartOfTheDaemonAlone(String uri, String words, String remedy) {
        assertThat(LibvirtErrors.remedyOfOpen(uri, words))
                .contains(remedy, "connection_uri = qemu:///system in [gpu_binder]")
                .doesNotContain("run as root");
    }

    @Test
    void whereTheLocalSocketIsNotThereTheDaemonIsToBeStarted() {
        assertThat(LibvirtErrors.remedyOfOpen(
                        LOCAL,
                        "Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory"))
                .contains(" running? systemctl start ")
                .doesNotContain("connection_uri");
    }

    @Test
    void tooManyWaitersForADomainIsBusy() {
        assertThat(LibvirtErrors.kind(9, "cannot acquire state change lock due to max_queued limit"))
                .isEqualTo(Kind.BUSY);
    }

    @ParameterizedTest
    @CsvSource({
        "qemu:///system, qemu:///system",
        "qemu+ssh://root:hush@host:22/system, qemu+ssh://root:***@host:22/system",
        "qemu+tls://host/system, qemu+tls://host/system"
    })
    void aUriIsShownWithoutItsPassword(String uri, String shown) {
        assertThat(LibvirtSession.shown(uri)).isEqualTo(shown);
    }

    /** In a JVM of its own, because libraries are looked for only once. */
    @Test
    void withoutLibvirtInstalledThePackageIsNamed() throws Exception {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Djna.platform.library.path=/nonexistent",
                        Probe.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(jvm.waitFor()).as(said).isZero();
        assertThat(said.lines().toList()).hasSize(2).allSatisfy(line -> assertThat(line)
                .startsWith("ERROR cannot load libvirt.so.0 and libvirt-qemu.so.0 (")
                .doesNotContain(":)")
                .endsWith("); install Debian's package libvirt0 (apt install libvirt0)"));
    }

    /** Tries twice: the second time the JVM throws another Error. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] args) {
            for (int i = 0; i < 2; i++) {
                try (LibvirtOnce once = LibvirtOnce.open("test:///default", Duration.ofSeconds(10))) {
                    System.out.println("connected to " + once.version());
                } catch (LibvirtFailure e) {
                    System.out.println(e.kind() + " " + e.getMessage());
                }
            }
        }
    }
}
