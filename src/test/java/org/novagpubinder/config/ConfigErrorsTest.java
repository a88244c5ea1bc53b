package org.novagpubinder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.config.oslo.Assignment;
import org.novagpubinder.config.oslo.Assignments;
import org.novagpubinder.config.oslo.IniParser;
import org.novagpubinder.config.oslo.Problems;
import org.novagpubinder.config.settings.BinderConfig;

class ConfigErrorsTest {
    @TempDir
    Path directory;

    @Test
    void everythingThatIsWrongIsToldAtOnceInTheOrderOfTheFiles() throws Exception {
        TestConfig config = TestConfig.in(directory).with("nova.conf", """
                        [DEFAULT]
                        transport_url = rabbit://u:hunter2@h:port/
                        vcpu_pin_set = 3-1
                        no option
                        [oslo_messaging_rabbit]
                        ssl = maybe
                        """).with("gpu.conf", """
                        [gpu_binder]
                        polcy = off
                        policy = hard
                        prefetch = 0
                        """);
        assertThat(config.errors())
                .satisfiesExactly(
                        e -> assertThat(e)
                                .startsWith("nova.conf:2: [DEFAULT] transport_url: its value has in its host a port"),
                        e -> assertThat(e)
                                .isEqualTo("nova.conf:3: [DEFAULT] vcpu_pin_set: '3-1' has a range that runs backwards;"
                                        + " allowed: CPUs such as 4-12,^8,15"),
                        e -> assertThat(e).startsWith("nova.conf:4: no '=' in the line"),
                        e -> assertThat(e)
                                .isEqualTo(
                                        "nova.conf:6: [oslo_messaging_rabbit] ssl: 'maybe' is neither true nor false;"
                                                + " allowed: true, yes, on, 1, false, no, off, 0"),
                        e -> assertThat(e)
                                .isEqualTo("gpu.conf:2: [gpu_binder] polcy: no such option; did you mean policy?"),
                        e -> assertThat(e)
                                .isEqualTo("gpu.conf:3: [gpu_binder] policy: 'hard' is none of the words; allowed: off,"
                                        + " report, preferred, required"),
                        e -> assertThat(e)
                                .isEqualTo(
                                        "gpu.conf:4: [gpu_binder] prefetch: '0' is too small; allowed: a whole number"
                                                + " of messages from 1 to 10000"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            quoteCharacter = '`',
            value = {
                "policy =                > its value is empty; allowed: off",
                "policy = Off            > 'Off' is none of the words",
                "restart = always        > 'always' is none of the words; allowed: boot-window, never",
                "restart_window = 301    > too large",
                "restart_window = 1.5    > no whole number",
                "restart_window =        > its value is empty",
                "max_live_move = -1      > too small",
                "max_live_move = 9999999999999999999999999999999999999999999999 > too large",
                "max_live_move = -9999999999999999999999999999999999999999999999 > too small",
                "sweep_interval = 5m     > no whole number",
                "gpu_nodes = 0000:41:*   > an item (number 1) that is not of this form",
                "gpu_nodes = 41:*=1,x=1  > an item (number 2) that is not of this form",
                "gpu_nodes = 41:*=99999  > a node above",
                "flavor_policy = gpu.*=required, x=hard > an item (number 2) that has a value that is none of the words; allowed: a comma separated list: FLAVOR=VALUE, with * and ? in the flavor's name, and as value one of off, report, preferred, required",
                "flavor_policy = gpu.*=Required > none of the words",
                "flavor_policy = gpu.*   > an item (number 1) that is not of this form",
                "flavor_policy = gpu.* = > an item (number 1) that has no value",
                "flavor_policy = = off   > an item (number 1) that names no flavor",
                "flavor_policy = a=off,,b=off > an item (number 2) that is empty",
                "flavor_policy = a, b=off > an item (number 1) that is not of this form",
                "flavor_render_node = *=yes > none of the words; allowed: a comma separated list: FLAVOR=VALUE, with * and ? in the flavor's name, and as value one of none, auto",
                "render_node = always    > 'always' is none of the words; allowed: none, auto",
                "cpu_allocation_ratio = nan > no number",
                "cpu_allocation_ratio = 0   > too small",
                "cpu_allocation_ratio = 1e99 > too large",
                "topics = a,#            > an item (number 2) that is no topic",
                "topics = a,,b           > an item (number 2) that is empty",
                "host = my host          > a character that no host name has",
                "queue_expires = 1       > too small",
                "metrics_listen = 10179  > not of this form; allowed: ADDRESS:PORT such as 127.0.0.1:10179 or [::1]:10179, or off",
                "metrics_listen = ::1:10179 > not of this form",
                "metrics_listen = host:0 > no port from 1 to 65535",
                "metrics_listen = host:65536 > no port from 1 to 65535",
                "metrics_listen =        > its value is empty",
                "debug = maybe           > neither true nor false",
                "transport_url = amqp://u:p@h > its value has the scheme 'amqp'",
            })
    void aValueOutOfBoundsIsToldWithWhatIsAllowed(String line, String error) throws Exception {
        assertThat(TestConfig.in(directory).errors("[gpu_binder]\n" + line))
                .singleElement()
                .asString()
                .startsWith("a.conf:2: [gpu_binder] ")
                .contains(error)
                .contains("; allowed: ");
    }

    @Test
    void aValueThatIsReadForTwoPurposesIsToldOnce() throws Exception {
        assertThat(TestConfig.in(directory).errors("[notifications]\nnotification_format = Both"))
                .singleElement()
                .asString()
                .contains("both, versioned, unversioned");
    }

    @ParameterizedTest
    @CsvSource({
        "[gpu_binder], max-live-move, did you mean max_live_move?",
        "[gpu_binder], MAX_LIVE_MOVE, did you mean max_live_move?",
        "[gpu_binder], sweep_intervall, did you mean sweep_interval?",
        "[gpu_binder], flavor_polices, did you mean flavor_policy?",
        "[GPU_Binder], hosts, did you mean host?",
        "[gpu_binder], colour, there are: observe_only, policy",
        "[gpu-binder], policy, did you mean [gpu_binder]?",
        "[nova_gpu_binder], policy, did you mean [gpu_binder]?",
    })
    void anOptionThatDoesNotExistIsToldWithTheOneThatWasMeant(String section, String key, String error)
            throws Exception {
        assertThat(TestConfig.in(directory).errors(section + "\n" + key + " = x"))
                .singleElement()
                .asString()
                .contains(error);
    }

    @Test
    void whatNovaHasBesidesIsNotOursToCheck() throws Exception {
        assertThat(TestConfig.in(directory).errors("[DEFAULT]\nanything = 1\n[libvirt]\ncpu_mode = x\n[new]\na=$nope"))
                .isEmpty();
    }

    /** Some guides have it so, and Nova is silent about it. */
    @Test
    void anOptionOfNovasInAnotherSectionThanItsOwnIsAWarning() {
        Problems problems = new Problems();
        String text = """
                [DEFAULT]
                cpu_shared_set = 4-7
                notification_format = both
                [compute]
                vcpu_pin_set = 1
                [Compute]
                cpu_shared_set = 4-7
                [cinder]
                driver = x
                """;
        UnknownOptions.check(new Assignments(List.of(IniParser.parse(Path.of("a.conf"), text, problems))), problems);
        assertThat(problems.errors(List.of())).isEmpty();
        assertThat(problems.warnings()).hasSize(2);
        assertThat(problems.warnings().get(0))
                .startsWith(
                        "a.conf:2: [DEFAULT] cpu_shared_set: Nova does not read it here, for it is an option of [compute]");
        assertThat(problems.warnings().get(1)).startsWith("a.conf:5: [compute] vcpu_pin_set: ");
    }

    @Test
    void anOptionOfOursInDefaultIsAWarning() {
        Problems problems = new Problems();
        String text = "[DEFAULT]\npolicy = off\ndebug = true\nhost = x\ntransport_url = rabbit://\n";
        UnknownOptions.check(new Assignments(List.of(IniParser.parse(Path.of("a.conf"), text, problems))), problems);
        assertThat(problems.errors(List.of())).isEmpty();
        assertThat(problems.warnings())
                .containsExactly("a.conf:2: [DEFAULT] policy: is not read here; did you mean [gpu_binder]?");
    }

    @Test
    void aUrlThatDoesNotCountIsNotLookedAt() throws Exception {
        String text = "[DEFAULT]\ntransport_url = kafka://h\n[gpu_binder]\ntransport_url = rabbit://h\n";
        assertThat(TestConfig.in(directory).errors(text)).isEmpty();
    }

    @Test
    void aKeyWithoutACertificateIsAnErrorOnlyWithTls() throws Exception {
        String text = "[oslo_messaging_rabbit]\nssl_key_file = /key\nssl = ";
        assertThat(TestConfig.in(directory).errors(text + "1\n"))
                .singleElement()
                .asString()
                .contains("ssl_cert_file");
        assertThat(TestConfig.in(directory).errors(text + "0\n")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[DEFAULT]\ntransport_url = rabbit://u:hunter2@h:x/",
                "[DEFAULT]\ntransport_url = rabbit://u:pa$hunter2@h/",
                "[DEFAULT]\ntransport_url = rabbit://u:hunter2@h/?ssl=hunter2",
                "[DEFAULT]\ntransport_url rabbit//u,hunter2@h",
                "[DEFAULT]\n  transport_url = rabbit://u:hunter2@h/",
                "[DEFAULT]\nhost = cmp-a\n  transport_url = rabbit://u:hunter2@h/",
                "transport_url = rabbit://u:hunter2@h/",
                "[oslo_messaging_notifications]\ntransport_url = hunter2",
                "[gpu_binder]\ntransport_url rabbit://u:hunter2@h/",
                "[gpu_binder]\nrabbit//u@hunter2 = h/",
                "[DEFAULT]\ntransport_url = hunter2\n[gpu_binder]\npolicy = $transport_url\nprefetch = ${transport_url}",
                "[database]\nconnection = mysql://u:$hunter2@h\n[gpu_binder]\nexchange = ${database.connection}",
                "[gpu_binder]\nflavor_policy = $transport_url=x\ntransport_url = rabbit://u:hunter2@h/",
                "[gpu_binder]\ngpu_nodes = $transport_url,x\n[DEFAULT]\ntransport_url = rabbit://u:hunter2@h/",
            })
    void noErrorShowsAPassword(String text) throws Exception {
        ConfigException e = catchThrowableOfType(
                ConfigException.class, () -> TestConfig.in(directory).load(text));
        assertThat(e.errors()).isNotEmpty();
        assertThat(e)
                .hasMessageNotContaining("hunter2")
                .hasToString(e.getClass().getName() + ": " + e.getMessage());
        assertThat(e.getCause()).isNull();
    }

    @Test
    void aConfigurationShowsNoPassword() throws Exception {
        BinderConfig config = TestConfig.in(directory).load("[DEFAULT]\ntransport_url = rabbit://u:hunter2@h/\n");
        assertThat(config.toString()).contains("host=h").doesNotContain("hunter2");
        assertThat(new Assignment(Path.of("f"), 1, "DEFAULT", "transport_url", "hunter2").toString())
                .doesNotContain("hunter2");
        assertThat(TransportUrl.parse("rabbit://u:hunter2@h/?x=hunter2").toString())
                .doesNotContain("hunter2");
    }
}
