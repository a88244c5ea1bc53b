package org.novagpubinder.config.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.TestConfig;

class NovaFactsTest {
    @TempDir
    Path directory;

    private ConfigReport report(String text) throws Exception {
        Path file = Files.writeString(directory.resolve("nova.conf"), text);
        return TestConfig.loader().report(List.of(file), List.of());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            nullValues = "-",
            value = {
                "rabbit://u:p@a:5672/       ; -                           ; true",
                "rabbit://u:p@a,u:p@b/      ; rabbit://binder:q@b:5672/   ; true",
                "rabbit://u:p@a/            ; rabbit://u:p@a/other        ; false",
                "rabbit://u:p@a/            ; rabbit://u:p@c/             ; false",
                "rabbit://u:p@a/            ; rabbit://u:p@a:5671/        ; false",
                "kafka://u:p@a/             ; rabbit://u:p@a/             ; false",
                "-                          ; rabbit://u:p@a/             ; false",
            })
    void theBrokerOfTheCallsIsKnownByItsPlaceAndNotByItsUser(String rpc, String notifications, boolean same)
            throws Exception {
        ConfigReport report = report((rpc == null ? "" : "[DEFAULT]\ntransport_url = " + rpc + "\n")
                + (notifications == null
                        ? ""
                        : "[oslo_messaging_notifications]\ntransport_url = " + notifications + "\n"));
        assertThat(report.errors()).isEmpty();
        assertThat(report.nova().rpcBroker()).isEqualTo(same);
    }

    @Test
    void whereTheMessagesGoFollowsTheFormat() throws Exception {
        String topics = "[oslo_messaging_notifications]\ntopics = old,older\n[notifications]\n"
                + "versioned_notifications_topics = new\nnotification_format = ";
        assertThat(report(topics + "unversioned\n").nova().sentTo()).containsExactly("old", "older");
        assertThat(report(topics + "versioned\n").nova().sentTo()).containsExactly("new");
        assertThat(report(topics + "both\n").nova().sentTo()).containsExactly("new", "old", "older");
    }

    @Test
    void whatNothingDependsOnKeepsNobodyFromStarting() throws Exception {
        ConfigReport report =
                report("[DEFAULT]\nsync_power_state_interval = often\n[pci]\npassthrough_whitelist = {}\n");
        assertThat(report.checked()).isEqualTo(report.config());
        assertThat(report.nova().syncSeconds()).isEqualTo(600);
        assertThat(report.nova().passing()).isEqualTo(new NovaFacts.Passing(true, false));
        assertThat(report.nova().host()).isNull();
        assertThat(report.nova().novasHost()).isEqualTo(TestConfig.HOSTNAME);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            quoteCharacter = '`',
            value = {
                "{\"vendor_id\": \"10de\", \"managed\": \"no\"}  > false, true",
                "{ \"managed\" :\"False\", \"address\": \"0000:41:00.4\" } > false, true",
                "{\"managed\": 0} > false, true",
                "{\"managed\": false, \"product_id\": \"2330\"} > false, true",
                "{\"managed\": \"yes\", \"product_id\": \"2330\"} > true, false",
                "{\"product_id\": \"2330\"} > true, false",
                "[{\"product_id\": \"2330\"}, {\"managed\": \"no\"}] > true, true",
                "[{\"address\": {\"bus\": \"41\"}, \"managed\": \"no\"}] > false, true",
                "{\"address\": {\"bus\": \"41\"}, \"managed\": \"no\"} > false, true",
                "{'managed': 'no'} > true, false",
            })
    void aDeviceIsManagedUnlessItsSpecSaysOtherwise(String spec, String expected) throws Exception {
        NovaFacts.Passing passing =
                report("[pci]\ndevice_spec = " + spec + "\n").nova().passing();
        assertThat(passing.managed() + ", " + passing.unmanaged()).isEqualTo(expected);
    }

    @Test
    void aWrongValueLeavesARestThatCanBeLookedAt() throws Exception {
        ConfigReport report = report("[DEFAULT]\nhost = cmp-a\n[gpu_binder]\nsweep_interval = soon\n");
        assertThat(report.errors()).hasSize(1);
        assertThat(report.config().host()).isEqualTo("cmp-a");
        assertThat(report.incomplete()).isFalse();
        assertThat(TestConfig.loader()
                        .report(List.of(directory.resolve("gone")), List.of())
                        .incomplete())
                .isTrue();
    }
}
