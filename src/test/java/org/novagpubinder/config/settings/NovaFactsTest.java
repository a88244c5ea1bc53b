package org.novagpubinder.config.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.TestConfig;
import org.novagpubinder.host.topology.DeviceSpecs;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.testing.Hosts;

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
        assertThat(report.config().deviceSpecs().managed()).isTrue();
        assertThat(report.config().deviceSpecs().unmanaged()).isFalse();
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
        DeviceSpecs passing =
                report("[pci]\ndevice_spec = " + spec + "\n").config().deviceSpecs();
        assertThat(passing.managed() + ", " + passing.unmanaged()).isEqualTo(expected);
    }

    /** The GPUs are 10de:2330 on 0000:21:00.0 and 0000:41:00.0, 0000:61:00.4 a virtual function of 0000:61:00.0, and 10000:01:00.0. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            quoteCharacter = '`',
            value = {
                "{} > 21 41 61",
                "{\"vendor_id\": \"10de\"} > 21 41 61",
                "{\"vendor_id\": \" 10DE \", \"product_id\": \"0x2330\"} > 21 41 61",
                "{\"vendor_id\": \"*\", \"product_id\": \"2331\"} > ``",
                "{\"vendor_id\": \"1002\"} > ``",
                "{\"address\": \"0000:41:00.0\"} > 41",
                "{\"address\": \"41:0.0\"} > 41",
                "{\"address\": \"*:41:00.*\", \"vendor_id\": \"10de\"} > 41",
                "{\"address\": \":41:00.\"} > 41",
                "{\"address\": \"41:00\"} > 41",
                "{\"address\": \".0\"} > 21 41",
                "{\"address\": \"0000:61:00.0\"} > 61",
                "{\"address\": \"0000:61:00.4\"} > 61",
                "{\"address\": \"0000:61:00.3\"} > ``",
                "{\"address\": {\"bus\": \"[24]1\"}} > 21 41",
                "{\"address\": {\"domain\": \".*\", \"bus\": \"2\", \"slot\": \"00\", \"function\": \"[0-2]\"}} > 21",
                "{\"address\": {\"domain\": \"0000\", \"bus\": \"61\", \"slot\": \"00\", \"function\": \"0\"}} > 61",
                "[{\"address\": \"0000:21:00.0\"}, {\"address\": \"0000:41:00.0\"}] > 21 41",
                "{\"address\": \"0000:41:00.0\", \"managed\": \"no\"} > ``",
                "[{\"address\": \"0000:41:00.0\", \"managed\": \"no\"}, {\"vendor_id\": \"10de\"}] > 21 61",
                "{\"devname\": \"eth0\"} > ``",
                "{\"address\": {\"bus\": \"[4\"}} > ``",
                "{\"address\": \"4?:00.0\"} > ``",
                "{\"address\": \"0:0000:41:00.0\"} > ``",
                "{\"address\": [\"0000:41:00.0\"]} > ``",
                "[\"0000:41:00.0\"] > ``",
                "0000:41:00.0 > ``",
            })
    void whichGpusNovaTakesFromTheirDriverIsReadAsNovaReadsIt(String spec, String buses) throws Exception {
        List<Gpu> gpus = Hosts.twoRenderNodes()
                .gpu("0000:61:00.4", 1, "/dev/dri/renderD130", "0000:61:00.0", null)
                .gpu("10000:01:00.0", 1, "/dev/dri/renderD131")
                .build()
                .gpus();
        ConfigReport report = report("[pci]\ndevice_spec = " + spec + "\n");
        assertThat(report.errors()).isEmpty();
        assertThat(report.config().deviceSpecs().taken(gpus).stream()
                        .map(g -> Integer.toHexString(g.address().bus()))
                        .collect(Collectors.joining(" ")))
                .isEqualTo(buses);
    }

    @Test
    void allDevicesThatNovaNamesCountByWhateverNameOfTheOption() throws Exception {
        String former = """
                [DEFAULT]
                pci_passthrough_whitelist = {"address": "0000:21:00.0"}
                [pci]
                passthrough_whitelist = {"address": "0000:41:00.0"}
                """;
        String twice = """
                [pci]
                device_spec = {"address": "0000:21:00.0"}
                device_spec = {"address": "0000:41:00.0"}
                """;
        List<Gpu> gpus = Hosts.twoRenderNodes().build().gpus();
        for (String text : List.of(former, twice)) {
            assertThat(report(text).config().deviceSpecs().taken(gpus)).isEqualTo(gpus);
        }
    }

    /** Nova gives the virtual functions away; the card keeps its driver. */
    @Test
    void aCardWhoseVirtualFunctionsNovaGivesAwayIsNotTaken() throws Exception {
        List<Gpu> gpus = Hosts.twoRenderNodes()
                .virtualFunction("0000:41:00.4", "0000:41:00.0", 1)
                .build()
                .gpus();
        DeviceSpecs specs = report("[pci]\ndevice_spec = {\"address\": \"0000:41:00.0\"}\n")
                .config()
                .deviceSpecs();
        assertThat(specs.taken(gpus)).isEmpty();
        assertThat(specs.taken(gpus.subList(0, 2))).containsExactly(gpus.get(1));
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
