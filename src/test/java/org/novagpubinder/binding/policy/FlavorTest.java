package org.novagpubinder.binding.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.ofFlavor;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.novagpubinder.binding.policy.Flavor.ToldBy;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;

class FlavorTest {
    private static final Map<String, String> OFF = Map.of("gpu_binder:policy", "off");
    private static final Map<String, String> REPORT = Map.of("gpu_binder:policy", "report");
    private static final Map<String, String> AUTO = Map.of("gpu_binder:render_node", "auto");
    private static final Flavor TOLD = new Flavor("told", OFF, ToldBy.NOTIFICATION);

    private static String domain(@Nullable String flavor, Map<String, String> extraSpecs) {
        return flavor == null ? guest("", "") : ofFlavor(guest("", ""), flavor, extraSpecs);
    }

    private static Flavor of(Flavor told, String domain, @Nullable BindingRecord record) throws Exception {
        return Flavor.of(told, new DomainXml().read(domain), Optional.ofNullable(record));
    }

    private static BindingRecord record(Map<String, String> extraSpecs) {
        return new BindingRecord(
                "1",
                "cmp-a",
                Instant.EPOCH,
                BindingRecord.State.SET,
                Outcome.BOUND,
                List.of(),
                IdSet.of(1),
                Tuning.NONE,
                Tuning.NONE,
                false,
                null,
                extraSpecs,
                0,
                null,
                null,
                0,
                null);
    }

    @Test
    void aNotificationCountsBeforeTheMetadataAndThatBeforeTheRecord() throws Exception {
        String metadata = domain("gpu.large", REPORT);

        assertThat(of(TOLD, metadata, record(AUTO))).isEqualTo(new Flavor("gpu.large", OFF, ToldBy.NOTIFICATION));
        assertThat(of(Flavor.UNKNOWN, metadata, record(AUTO)))
                .isEqualTo(new Flavor("gpu.large", REPORT, ToldBy.METADATA));
        assertThat(of(Flavor.UNKNOWN, domain("gpu.large", Map.of()), record(AUTO)))
                .isEqualTo(new Flavor("gpu.large", AUTO, ToldBy.RECORD));
        assertThat(of(Flavor.UNKNOWN, domain("gpu.large", Map.of()), null))
                .isEqualTo(new Flavor("gpu.large", Map.of(), ToldBy.NOBODY));
    }

    @Test
    void anExtraSpecThatWasTakenAwayDoesNotComeBackFromAnOlderTelling() throws Exception {
        Flavor without = new Flavor("gpu.large", Map.of("hw:numa_nodes", "1"), ToldBy.NOTIFICATION);
        String metadataWithout = domain("gpu.large", Map.of("hw:numa_nodes", "1"));

        assertThat(of(without, domain("gpu.large", OFF), record(OFF)).extraSpecs())
                .isEmpty();
        assertThat(of(Flavor.UNKNOWN, metadataWithout, record(OFF)).extraSpecs())
                .isEmpty();
    }

    @Test
    void theNameIsTheMetadatasAndANotificationsOnlyWithoutIt() throws Exception {
        Flavor nameOnly = new Flavor("told", Map.of(), ToldBy.NOBODY);

        assertThat(of(nameOnly, domain("gpu.large", Map.of()), null).name()).isEqualTo("gpu.large");
        assertThat(of(nameOnly, domain(null, Map.of()), null).name()).isEqualTo("told");
        assertThat(of(Flavor.UNKNOWN, domain(null, Map.of()), null).name()).isNull();
    }

    @Test
    void onlyTheNameOfAnUnversionedMessageStillLetsTheRecordSpeak() throws Exception {
        Flavor nameOnly = new Flavor("told", Map.of(), ToldBy.NOBODY);

        assertThat(of(nameOnly, domain(null, Map.of()), record(AUTO)))
                .isEqualTo(new Flavor("told", AUTO, ToldBy.RECORD));
    }

    @Test
    void aCommandWithoutExtraSpecsTellsNothing() {
        assertThat(Flavor.ofCommand(Map.of())).isEqualTo(Flavor.UNKNOWN);
        assertThat(Flavor.ofCommand(OFF)).isEqualTo(new Flavor(null, OFF, ToldBy.COMMAND));
    }

    @Test
    void othersExtraSpecsAreNotKept() {
        assertThat(new Flavor("a", Map.of("hw:numa_nodes", "1", "gpu_binder:x", "1"), ToldBy.METADATA).extraSpecs())
                .isEqualTo(Map.of("gpu_binder:x", "1"));
    }
}
