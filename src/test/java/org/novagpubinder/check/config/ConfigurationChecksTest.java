package org.novagpubinder.check.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.check.CheckRig;
import org.novagpubinder.check.broker.BrokerCheck;
import org.novagpubinder.check.broker.NovaComputeCheck;
import org.novagpubinder.check.broker.TopicsCheck;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.check.result.CheckResult.State;

/** What is told of nova.conf and our own file alone. */
class ConfigurationChecksTest {
    private static final String ON = "[oslo_messaging_notifications]\ndriver = messagingv2\n";

    @TempDir
    Path directory;

    @Test
    void allErrorsAreToldEachWithItsLineAndRemedyAndTheFilesThatWereRead() throws Exception {
        try (CheckRig rig = CheckRig.of(
                directory,
                "[gpu_binder]\npolcy = off\nsweep_interval = soon; or 'later'\n[gpubinder]\nrestart = never\n")) {
            assertThat(rig.run(ConfigurationCheck.class))
                    .containsExactly(
                            new CheckResult(
                                    State.FAILURE,
                                    directory + "/nova.conf:2: [gpu_binder] polcy: no such option",
                                    "did you mean policy?"),
                            new CheckResult(
                                    State.FAILURE,
                                    directory + "/nova.conf:3: [gpu_binder] sweep_interval: 'soon; or 'later'' is no"
                                            + " whole number",
                                    "allowed: a whole number of seconds from 10 to 86400"),
                            new CheckResult(
                                    State.FAILURE,
                                    directory + "/nova.conf:5: option in a section that nobody reads",
                                    "did you mean [gpu_binder]?"));
        }
        try (CheckRig rig = CheckRig.of(directory, "[DEFAULT]\npolicy = off\n")) {
            assertThat(rig.run(ConfigurationCheck.class))
                    .containsExactly(
                            new CheckResult(
                                    State.WARNING,
                                    directory + "/nova.conf:2: [DEFAULT] policy: is not read here",
                                    "did you mean [gpu_binder]?"),
                            new CheckResult(State.OK, directory + "/nova.conf", null));
        }
    }

    @Test
    void ofAFileThatIsNotThereOnlyThatIsTold() throws Exception {
        Path gone = directory.resolve("gone.conf");
        try (CheckRig rig = CheckRig.of(directory, List.of(gone))) {
            assertThat(rig.told(ConfigurationCheck.class)).startsWith("FAILURE " + gone + ": no such file\n");
            assertThat(rig.run(NotificationsCheck.class)).isEmpty();
            assertThat(rig.run(TopicsCheck.class)).isEmpty();
            assertThat(rig.run(BrokerCheck.class)).isEmpty();
            assertThat(rig.run(NovaComputeCheck.class)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "driver =\n", "driver = noop\n", "driver = log\ndriver = noop\n"})
    void aNovaThatSendsNothingIsAFailureWithTheLinesThatMendIt(String driver) throws Exception {
        try (CheckRig rig =
                CheckRig.of(directory, "[DEFAULT]\nhost = cmp-a\n[oslo_messaging_notifications]\n" + driver)) {
            assertThat(rig.told(NotificationsCheck.class))
                    .startsWith("FAILURE Nova sends none: [oslo_messaging_notifications] driver ")
                    .endsWith("\n[oslo_messaging_notifications]\ndriver = messagingv2");
        }
    }

    @Test
    void whetherGuestsAreChangedAtAllIsTold() throws Exception {
        try (CheckRig rig = CheckRig.of(directory, "[gpu_binder]\npolicy = required\n")) {
            assertThat(rig.told(ModeCheck.class)).startsWith("OK live: guests are bound by policy required");
        }
        try (CheckRig rig = CheckRig.of(directory, "[gpu_binder]\nobserve_only = true\n")) {
            assertThat(rig.told(ModeCheck.class)).startsWith("OK observes only").contains("nova-gpu-binder enable");
        }
    }

    @Test
    void theFormatIsToldAndWhatItLacks() throws Exception {
        try (CheckRig rig = CheckRig.of(directory, ON)) {
            assertThat(rig.told(NotificationsCheck.class))
                    .startsWith("OK sent by messagingv2, unversioned, so without extra specs");
        }
        try (CheckRig rig = CheckRig.of(directory, ON + "[notifications]\nnotification_format = both\n")) {
            assertThat(rig.told(NotificationsCheck.class)).isEqualTo("OK sent by messagingv2, both");
        }
    }

    /** nova/rpc.py:init hands the empty list to oslo.messaging, which goes through its topics. */
    @Test
    void aFormatWithoutATopicIsNotSentWhateverTheFormatSays() throws Exception {
        String both = ON + "[notifications]\nnotification_format = both\n";
        try (CheckRig rig = CheckRig.of(directory, both + "versioned_notifications_topics =\n")) {
            assertThat(rig.told(NotificationsCheck.class))
                    .startsWith("OK sent by messagingv2, unversioned only")
                    .contains("versioned_notifications_topics is empty", "without extra specs")
                    .doesNotContain("set notification_format");
            assertThat(rig.told(TopicsCheck.class)).startsWith("OK notifications, which");
        }
        try (CheckRig rig = CheckRig.of(directory, both.replace(ON, ON + "topics =\n"))) {
            assertThat(rig.told(NotificationsCheck.class))
                    .startsWith("OK sent by messagingv2, versioned only")
                    .doesNotContain("extra specs");
            assertThat(rig.told(TopicsCheck.class)).startsWith("OK versioned_notifications, which");
        }
        try (CheckRig rig = CheckRig.of(directory, ON + "topics =\n")) {
            assertThat(rig.run(NotificationsCheck.class)).isEmpty();
        }
    }

    @Test
    void aBrokerOfNotificationsAloneThatIsAwayWouldStallNovaWithoutEnd() throws Exception {
        String own = "[DEFAULT]\nhost = cmp-a\ntransport_url = rabbit://a:b@rpc/\n" + ON
                + "transport_url = rabbit://a:b@notes/\n";
        try (CheckRig rig = CheckRig.of(directory, own)) {
            assertThat(rig.run(NotificationsCheck.class))
                    .satisfiesExactly(sent -> assertThat(sent.state()).isEqualTo(State.OK), stalls -> {
                        assertThat(stalls.state()).isEqualTo(State.WARNING);
                        assertThat(stalls.text()).contains("a broker of their own", "retry = -1", "for ever");
                        assertThat(stalls.remedy()).endsWith("\n[oslo_messaging_notifications]\nretry = 3");
                    });
        }
        for (String fine : List.of(own + "retry = 3\n", own.replace("@notes", "@rpc"))) {
            try (CheckRig rig = CheckRig.of(directory, fine)) {
                assertThat(rig.one(NotificationsCheck.class).state()).as(fine).isEqualTo(State.OK);
            }
        }
    }

    @Test
    void aHostTopicThatNothingIsSentToIsAWarningWithTheRemedy() throws Exception {
        String topic = ON + "[DEFAULT]\nhost = cmp-a\n[notifications]\nversioned_notifications_topics ="
                + " versioned_notifications,gpu-binder-cmp-a\n";
        try (CheckRig rig = CheckRig.of(directory, topic)) {
            assertThat(rig.run(ConfigurationCheck.class))
                    .filteredOn(result -> result.state() == State.WARNING)
                    .singleElement()
                    .asString()
                    .contains("nothing is published to gpu-binder-cmp-a", "notification_format = both");
        }
        try (CheckRig rig = CheckRig.of(directory, topic + "notification_format = versioned\n")) {
            assertThat(rig.one(NotificationsCheck.class).state()).isEqualTo(State.OK);
            assertThat(rig.told(TopicsCheck.class)).isEqualTo("OK this host's own: gpu-binder-cmp-a");
        }
    }

    @Test
    void whereOnlyOurOwnFileIsReadNothingIsClaimedOfNova() throws Exception {
        try (CheckRig rig = CheckRig.of(directory, "[gpu_binder]\nhost = cmp-a\n")) {
            assertThat(rig.told(NotificationsCheck.class)).startsWith("WARNING not known whether Nova sends them");
            assertThat(rig.run(TopicsCheck.class)).isEmpty();
            assertThat(rig.told(HostNameCheck.class)).isEqualTo("OK cmp-a, as [gpu_binder] says");
            assertThat(rig.told(BrokerCheck.class))
                    .startsWith("FAILURE none is configured")
                    .contains("transport_url = ");
        }
    }

    @Test
    void topicsThatNovaHasSwitchedOffAreNotBlamedOnUs() throws Exception {
        try (CheckRig rig = CheckRig.of(directory, "[oslo_messaging_notifications]\ntopics =\ndriver = noop\n")) {
            assertThat(rig.told(TopicsCheck.class))
                    .startsWith("FAILURE Nova sends to no topic: topics in [oslo_messaging_notifications] is empty\n");
        }
        try (CheckRig rig = CheckRig.of(
                directory,
                ON + "topics =\n[notifications]\nnotification_format = both\nversioned_notifications_topics =\n")) {
            assertThat(rig.told(TopicsCheck.class))
                    .contains("versioned_notifications_topics in [notifications] are empty\n");
        }
    }

    @Test
    void whatAWrongLineHidesIsNotTakenForKnown() throws Exception {
        for (String host :
                List.of("[DEFAULT]\nhost = $my_ip\n", "[gpu_binder]\nhost = cmp a\n[DEFAULT]\ndebug = no\n")) {
            try (CheckRig rig = CheckRig.of(directory, host)) {
                assertThat(rig.told(HostNameCheck.class))
                        .startsWith("UNKNOWN not known: the configuration is wrong there");
            }
        }
        try (CheckRig rig = CheckRig.of(directory, ON + "[notifications]\nnotification_format = Versioned\n")) {
            assertThat(rig.told(NotificationsCheck.class))
                    .startsWith("UNKNOWN not known: the configuration is wrong there");
            assertThat(rig.run(TopicsCheck.class)).isEmpty();
        }
    }

    @Test
    void howBodiesAreCompressedIsTold() throws Exception {
        String option = ON + "[oslo_messaging_rabbit]\nkombu_compression = ";
        for (String read : List.of("gzip", "bzip2")) {
            try (CheckRig rig = CheckRig.of(directory, option + read + "\n")) {
                assertThat(rig.told(NotificationsCheck.class))
                        .startsWith("OK sent by messagingv2, compressed by " + read + ", unversioned, so without");
            }
        }
        try (CheckRig rig = CheckRig.of(directory, option + "zstd\n")) {
            assertThat(rig.told(NotificationsCheck.class))
                    .startsWith("FAILURE Nova compresses them by zstd")
                    .contains("gzip and bzip2 are read", "kombu_compression = gzip");
        }
        try (CheckRig rig = CheckRig.of(
                directory, "[DEFAULT]\ntransport_url = rabbit://127.0.0.1:1/?kombu_compression=lzma\n" + ON)) {
            assertThat(rig.told(NotificationsCheck.class))
                    .startsWith("FAILURE Nova compresses them by lzma (kombu_compression)")
                    .contains("the query of transport_url");
        }
    }

    @Test
    void aNameThatKombuDoesNotKnowSilencesNovaAlthoughTheOptionsHelpHasIt() throws Exception {
        try (CheckRig rig = CheckRig.of(directory, ON + "[oslo_messaging_rabbit]\nkombu_compression = bz2\n")) {
            assertThat(rig.told(NotificationsCheck.class))
                    .startsWith("FAILURE Nova can send none: ")
                    .contains("kombu_compression = bz2", "bzip2", "kombu_compression = gzip");
        }
    }

    @Test
    void topicsAndAnExchangeThatNovaDoesNotSendToAreFailures() throws Exception {
        try (CheckRig rig = CheckRig.of(directory, ON + "[gpu_binder]\ntopics = gpu_events\n")) {
            assertThat(rig.told(TopicsCheck.class))
                    .startsWith("FAILURE [gpu_binder] topics = gpu_events, but Nova sends to notifications\n");
        }
        try (CheckRig rig = CheckRig.of(
                directory,
                ON + "[notifications]\nnotification_format = versioned\n[gpu_binder]\ntopics = notifications\n")) {
            assertThat(rig.told(TopicsCheck.class)).contains("but Nova sends to versioned_notifications\n");
        }
        try (CheckRig rig = CheckRig.of(directory, ON + "[gpu_binder]\nexchange = openstack\n")) {
            assertThat(rig.told(TopicsCheck.class))
                    .startsWith("FAILURE [gpu_binder] exchange = openstack, but Nova publishes to nova\n");
        }
    }

    @Test
    void aNameThatContradictsNovaIsAFailureWithItsLine() throws Exception {
        try (CheckRig rig = CheckRig.of(directory, "[DEFAULT]\nhost = cmp-a\n[gpu_binder]\nhost = cmp-b\n")) {
            assertThat(rig.told(HostNameCheck.class))
                    .startsWith("FAILURE " + directory
                            + "/nova.conf:4: [gpu_binder] host = cmp-b, but Nova calls this host" + " cmp-a\n");
        }
        try (CheckRig rig = CheckRig.of(directory, "[DEFAULT]\nhost = cmp-a\n[gpu_binder]\nhost = cmp-a\n")) {
            assertThat(rig.one(HostNameCheck.class).state()).isEqualTo(State.OK);
        }
        String machine = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        try (CheckRig rig = CheckRig.of(directory, "[DEFAULT]\nhost = cmp-a\n")) {
            assertThat(rig.told(HostNameCheck.class))
                    .isEqualTo("OK cmp-a, as nova.conf says (the machine's: " + machine + ")");
        }
        try (CheckRig rig = CheckRig.of(directory, "[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n")) {
            assertThat(rig.told(HostNameCheck.class)).startsWith("OK " + machine + ", the name of the machine");
        }
    }

    @Test
    void aSyncThatWouldMeetARestartIsAWarning() throws Exception {
        for (String interval : List.of("0", "30", "119")) {
            try (CheckRig rig = CheckRig.of(directory, "[DEFAULT]\nsync_power_state_interval = " + interval + "\n")) {
                assertThat(rig.told(RestartCheck.class))
                        .startsWith("WARNING Nova looks every ")
                        .endsWith("[DEFAULT]\nsync_power_state_interval = 600");
            }
        }
        for (String quiet : List.of(
                "",
                "sync_power_state_interval = -1\n",
                "sync_power_state_interval = x\n",
                "[gpu_binder]\nrestart = never\n")) {
            try (CheckRig rig = CheckRig.of(directory, "[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n" + quiet)) {
                assertThat(rig.one(RestartCheck.class).state()).as(quiet).isEqualTo(State.OK);
            }
        }
    }
}
