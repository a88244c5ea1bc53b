package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.testing.Program;
import org.novagpubinder.testing.RabbitBroker;

/**
 * The mistakes of a newcomer: on a host where all else is well, {@code check} tells of each in one result, and {@code run} in
 * one line, both with the remedy. {@code run} ends with code 2 only where waiting is of no use.
 */
class MistakesIT {
    /** Until now every retry would have told it again: libvirt is tried after 0.25, 0.5 and 1 s, the broker after a second. */
    private static final long RETRIES_MILLIS = 3_000;

    @TempDir
    private static Path directory;

    private static MistakesRig host;
    private static List<Map<String, String>> always;

    private final CommandRig command = new CommandRig();

    @BeforeAll
    static void start() throws Exception {
        host = new MistakesRig(directory);
        CommandRig command = new CommandRig();
        command.run(host.arguments("check", host.write("fine.conf", host.novaConf()), Map.of(), "--json"));
        // what this machine lacks, e.g. QEMU's modules, is nobody's mistake
        always = MistakesRig.problems(command.out());
    }

    @AfterAll
    static void stop() throws Exception {
        if (host != null) {
            host.close();
        }
    }

    /**
     * A mistake.
     *
     * @param what it is
     * @param find in nova.conf
     * @param replace by that
     * @param instead other values of --root and --connect
     * @param check the check that tells it, and how bad it is
     * @param text what both tell of it
     * @param remedy what both tell to do
     * @param ends whether {@code run} ends
     */
    record Mistake(
            String what,
            String find,
            String replace,
            Map<String, String> instead,
            String check,
            String text,
            String remedy,
            boolean ends) {
        Mistake(String what, String find, String replace, String check, String text, String remedy) {
            this(what, find, replace, Map.of(), check, text, remedy, false);
        }

        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Mistake> mistakes() {
        return Stream.of(
                new Mistake(
                        "wrong password",
                        RabbitBroker.PASSWORD,
                        "wrong",
                        "broker failure",
                        "refuses user 'openstack': no such user, or another password",
                        "compare transport_url with the broker"),
                new Mistake(
                        "wrong virtual host",
                        "(transport_url = .*)/",
                        "$1/nowhere",
                        "broker failure",
                        "has no virtual host 'nowhere'",
                        "correct what stands behind the last / of transport_url"),
                new Mistake(
                        "no authority for TLS",
                        "ssl_ca_file.*",
                        "",
                        "broker failure",
                        "has a certificate that none of this JVM's own authorities has signed (ssl_ca_file is not set)",
                        "set ssl_ca_file = /path/to/ca.pem in [oslo_messaging_rabbit]"),
                new Mistake(
                        "the authority's file is not there",
                        "ca\\.pem",
                        "no-ca.pem",
                        "broker failure",
                        "no-ca.pem does not exist",
                        "correct ssl_ca_file"),
                new Mistake(
                        "the broker's name is not that of its certificate",
                        "@localhost",
                        "@127.0.0.1",
                        "broker failure",
                        "has a certificate that does not name '127.0.0.1'",
                        "use in transport_url a name that it has"),
                new Mistake(
                        "a port without TLS",
                        "@localhost:\\d+",
                        "@localhost:" + host.plainPort(),
                        "broker failure",
                        "does not speak TLS on this port",
                        "name its TLS port in transport_url (usually 5671), or set ssl = false"),
                new Mistake(
                        "the broker does not run",
                        "@localhost:\\d+",
                        "@localhost:1",
                        "broker failure",
                        "RabbitMQ at localhost:1 cannot be reached (Connection refused",
                        "is it running, is the port right"),
                new Mistake(
                        "notifications are off",
                        "driver = messagingv2",
                        "",
                        "notifications failure",
                        "Nova sends none: [oslo_messaging_notifications] driver is not set",
                        "driver = messagingv2"),
                new Mistake(
                        "a slip in an option's name",
                        "\\z",
                        "polcy = required\n",
                        Map.of(),
                        "configuration failure",
                        "[gpu_binder] polcy: no such option",
                        "did you mean policy?",
                        true),
                new Mistake(
                        "libvirtd is down",
                        "^",
                        "",
                        Map.of("--connect", "qemu+unix:///system?socket=/nowhere/libvirt-sock"),
                        "libvirt failure",
                        "cannot reach libvirt at qemu+unix:///system?socket=/nowhere/libvirt-sock",
                        "is libvirtd running? systemctl start libvirtd",
                        false),
                new Mistake(
                        "no GPU",
                        "^",
                        "",
                        Map.of("--root", "host-without-gpu"),
                        "gpus warning",
                        "this host has no GPU: there is nothing to bind",
                        "see whether its driver is loaded",
                        false),
                new Mistake(
                        "another host's name in nova.conf",
                        "host = cmp-a",
                        "host = cmp-b",
                        "nova-compute failure",
                        "no nova-compute calls itself 'cmp-b'",
                        "openstack compute service list --service nova-compute"),
                new Mistake(
                        "another host's name in our own file",
                        "\\z",
                        "host = cmp-b\n",
                        "host-name failure",
                        "= cmp-b, but Nova calls this host cmp-a",
                        "take host out of [gpu_binder]"),
                new Mistake(
                        "the port for metrics is in use",
                        "metrics_listen = .*",
                        "metrics_listen = 127.0.0.1:" + host.plainPort(),
                        "metrics warning",
                        "listens",
                        "ss -ltnp sport = :" + host.plainPort()));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsToldOnceWithTheRemedy(Mistake mistake) throws Exception {
        Path conf = host.write("nova.conf", host.novaConf().replaceFirst("(?m)" + mistake.find, mistake.replace));

        host.forgetTheDaemon();
        int code = command.run(host.arguments("check", conf, mistake.instead, "--json"));

        List<Map<String, String>> told = MistakesRig.problems(command.out());
        told.removeAll(always);
        told.removeIf(
                p -> mistake.what.contains("our own file") && p.get("name").equals("nova-compute"));
        assertThat(told).singleElement().satisfies(p -> {
            assertThat(p.get("name") + " " + p.get("state")).isEqualTo(mistake.check);
            assertThat(p.get("text")).contains(mistake.text);
            assertThat(p.get("remedy")).contains(mistake.remedy);
        });
        assertThat(code).isEqualTo(mistake.check.endsWith("failure") ? Exit.FAILURE : Exit.WARNING);
        assertThat(command.err()).isEmpty();

        try (Program daemon = host.start(List.of(), host.arguments("run", conf, mistake.instead))) {
            daemon.awaitLine(mistake.text);
            if (mistake.ends) {
                assertThat(daemon.exitCode()).isEqualTo(Exit.FAILURE);
                assertThat(daemon.err()).singleElement().asString().contains(mistake.text, mistake.remedy);
            } else {
                Thread.sleep(RETRIES_MILLIS);
                assertThat(complaints(daemon)).singleElement().asString().contains(mistake.text, mistake.remedy);
                assertThat(daemon.stop()).isEqualTo(Exit.FINE);
            }
            assertThat(daemon.out()).isEmpty();
        }
    }

    @Test
    void whereNothingIsWrongNobodyComplains() throws Exception {
        assertThat(always).allSatisfy(p -> assertThat(p.get("name")).isIn("qemu-gl", "capabilities"));
        Path conf = host.write("nova.conf", host.novaConf());
        try (Program daemon = host.start(List.of(), host.arguments("run", conf, Map.of()))) {
            daemon.awaitLine("ready: ");
            Thread.sleep(RETRIES_MILLIS);
            assertThat(complaints(daemon)).isEmpty();
            assertThat(daemon.stop()).isEqualTo(Exit.FINE);
        }
    }

    @Test
    void aNovaConfThatThisUserMayNotReadIsToldOnceWithTheRemedy() throws Exception {
        Path conf = host.write("closed.conf", host.novaConf());
        Files.setPosixFilePermissions(conf, PosixFilePermissions.fromString("---------"));
        // root without the capabilities that let it read whatever it likes
        List<String> asUser = System.getProperty("user.name").equals("root")
                ? List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
                : List.of();

        host.forgetTheDaemon();
        try (Program check = host.start(asUser, host.arguments("check", conf, Map.of(), "--json"))) {
            assertThat(check.exitCode()).isEqualTo(Exit.FAILURE);
            List<Map<String, String>> told = MistakesRig.problems(check.out());
            told.removeAll(always);
            assertThat(told).singleElement().satisfies(p -> {
                assertThat(p.get("name")).isEqualTo("configuration");
                assertThat(p.get("text")).isEqualTo(conf + ": may not be read by this user");
                assertThat(p.get("remedy")).isEqualTo("run as root, or as a user in the group that owns it (nova)");
            });
            assertThat(check.err()).isEmpty();
        }
        try (Program daemon = host.start(asUser, host.arguments("run", conf, Map.of()))) {
            assertThat(daemon.exitCode()).isEqualTo(Exit.FAILURE);
            assertThat(daemon.err())
                    .containsExactly(
                            "nova-gpu-binder: " + conf
                                    + ": may not be read by this user; run as root, or as a user in the group that owns it (nova)");
        }
    }

    @Test
    void whoMayNotReadWhichRestartsHaveFailedIsNotToldThatNoGuestIsRestarted() throws Exception {
        Path closed = Files.createDirectory(directory.resolve("closed"));
        Path conf = host.write("others.conf", host.novaConf() + "runtime_directory = " + closed + "\n");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        List<String> asUser = System.getProperty("user.name").equals("root")
                ? List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
                : List.of();

        host.forgetTheDaemon();
        try (Program check = host.start(asUser, host.arguments("check", conf, Map.of(), "--json"))) {
            check.exitCode();
            List<Map<String, String>> told = MistakesRig.problems(check.out());
            told.removeAll(always);
            assertThat(told).isEmpty();
            assertThat(check.out()).contains("is not known to this user, who may not read " + closed);
        }
        try (Program status = host.start(asUser, host.arguments("status", conf, Map.of()))) {
            status.exitCode();
            assertThat(status.out())
                    .contains("is not known to this user", "run it as root")
                    .doesNotContain("no guest is restarted on this host", "restarts-suspended");
        }
    }

    private static List<String> complaints(Program daemon) throws Exception {
        List<String> complaints = new ArrayList<>(daemon.err());
        complaints.removeIf(l -> !l.contains(" WARN ") && !l.contains(" ERROR "));
        return complaints;
    }
}
