package org.novagpubinder.binding.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.binding.policy.Flavor.ToldBy;
import org.novagpubinder.config.TestConfig;
import org.novagpubinder.config.settings.BinderConfig.BindingConfig;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.testing.LogLines;

class PoliciesTest {
    private static final UUID ONE = new UUID(0, 1);
    private static final UUID TWO = new UUID(0, 2);

    private final Policies policies = new Policies(config(false));

    private static BindingConfig config(boolean observeOnly) {
        return TestConfig.of(
                        "observe_only = " + observeOnly,
                        "flavor_policy = gpu.test=off, gpu.*=required, *.off=off",
                        "flavor_render_node = gpu.desktop*=auto")
                .binding();
    }

    private static Flavor flavor(@Nullable String name, String... specs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (String spec : specs) {
            int equals = spec.indexOf('=');
            map.put("gpu_binder:" + spec.substring(0, equals), spec.substring(equals + 1));
        }
        return new Flavor(name, map, ToldBy.NOTIFICATION);
    }

    private List<String> complaints(String... specs) {
        return policies.choose(flavor("gpu.large", specs), true).complaints().stream()
                .map(Reason::text)
                .toList();
    }

    @ParameterizedTest(name = "{0}, extra specs [{1}]: {2}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "-              |                               | policy preferred (default), render_node none (default)",
                "plain          |                               | policy preferred (default), render_node none (default)",
                "gpu.large      |                               | policy required (flavor_policy gpu.*), render_node none (default)",
                "gpu.test       |                               | policy off (flavor_policy gpu.test), render_node none (default)",
                "gpu.off        |                               | policy required (flavor_policy gpu.*), render_node none (default)",
                "GPU.large      |                               | policy preferred (default), render_node none (default)",
                "gpu.desktop 2  |                               | policy required (flavor_policy gpu.*), render_node auto (flavor_render_node gpu.desktop*)",
                "gpu.large      | policy=report                 | policy report (extra spec of the flavor), render_node none (default)",
                "gpu.large      | render_node=auto              | policy required (flavor_policy gpu.*), render_node auto (extra spec of the flavor)",
                "gpu.desktop    | policy=preferred              | policy preferred (extra spec of the flavor), render_node auto (flavor_render_node gpu.desktop*)",
                "gpu.desktop    | render_node=none              | policy required (flavor_policy gpu.*), render_node none (extra spec of the flavor)",
                "gpu.test       | policy=required render_node=auto | policy required (extra spec of the flavor), render_node auto (extra spec of the flavor)",
                "-              | policy=off                    | policy off (extra spec of the flavor), render_node none (default)",
                "gpu.test       | policy=hard                   | policy report (an extra spec is wrong), render_node none (default)",
                "gpu.desktop    | render_node=yes               | policy report (an extra spec is wrong), render_node none (an extra spec is wrong)",
                "gpu.large      | polcy=off                     | policy report (an extra spec is wrong), render_node none (default)",
                "gpu.large      | policy=off rendernode=auto    | policy report (an extra spec is wrong), render_node none (default)",
            })
    void theFlavorItselfCountsBeforeARuleForItAndARuleBeforeTheDefaultEachKeyByItself(
            @Nullable String name, @Nullable String specs, String chosen) {
        Flavor flavor = flavor(name, specs == null ? new String[0] : specs.split(" "));

        assertThat(policies.choose(flavor, true).text()).isEqualTo(chosen);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "policy=required", "policy=off", "policy=preferred render_node=auto"})
    void whoOnlyObservesComparesEachGuestAndWritesNothingDown(String specs) {
        Policies.Chosen chosen = new Policies(config(true))
                .choose(flavor("gpu.large", specs.isEmpty() ? new String[0] : specs.split(" ")), true);

        assertThat(chosen.text()).startsWith("policy report (observe_only)");
        assertThat(chosen.saidNotToBind())
                .as("nothing of the flavor's is remembered")
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {"Required", "REQUIRED", "\"  required \"", "\"required\n\"", "\"\trequired\""})
    void aValueMayBeWrittenAsOperatorsDo(String value) {
        Policies.Chosen chosen = policies.choose(flavor("plain", "policy=" + value, "render_node= Auto"), true);

        assertThat(chosen.policy().mode()).isEqualTo(PolicyMode.REQUIRED);
        assertThat(chosen.policy().addRenderNode()).isTrue();
        assertThat(chosen.complaints()).isEmpty();
    }

    @Test
    void aRuleForManyFlavorsAsksNoGuestToShowWhatItCannot() {
        assertThat(policies.choose(flavor("gpu.desktop"), false).text())
                .endsWith("render_node none (no video of model virtio that could use one)");
        // its own word does: the planner then says why it cannot be
        assertThat(policies.choose(flavor("gpu.desktop", "render_node=auto"), false)
                        .policy()
                        .addRenderNode())
                .isTrue();
    }

    @Test
    void aWrongValueIsNamedWithTheFlavorThePlaceAndWhatIsAllowed() {
        assertThat(complaints("policy=requierd"))
                .containsExactly(
                        "extra spec gpu_binder:policy='requierd' of flavor gpu.large (in the notification) is none of"
                                + " off, report, preferred, required (did you mean required?): until it is put right the guest is"
                                + " only reported");
        assertThat(complaints("render_node=1"))
                .containsExactly(
                        "extra spec gpu_binder:render_node='1' of flavor gpu.large (in the notification) is none of"
                                + " auto, none: until it is put right the guest is only reported");
    }

    @Test
    void anExtraSpecThatDoesNotExistIsNamedWithTheOneThatWasMeant() {
        assertThat(complaints("polcy=required"))
                .containsExactly(
                        "extra spec gpu_binder:polcy='required' of flavor gpu.large (in the notification) does not"
                                + " exist (did you mean gpu_binder:policy?): until it is put right the guest is only reported");
        assertThat(complaints("Policy=required").get(0)).contains("(did you mean gpu_binder:policy?)");
        assertThat(complaints("rendernode=auto").get(0)).contains("(did you mean gpu_binder:render_node?)");
        assertThat(complaints("colour=red").get(0))
                .contains("does not exist, there are gpu_binder:policy and gpu_binder:render_node:");
    }

    @Test
    void aMisspeltNamespaceIsOursTooButNobodyElsesIs() {
        Flavor flavor = new Flavor(
                "plain",
                Map.of("gpu-binder:policy", "off", "hw:gpu_binder", "x", "gpu_binder_policy", "y", "policy", "z"),
                ToldBy.METADATA);

        assertThat(policies.choose(flavor, true).complaints())
                .singleElement()
                .satisfies(c -> assertThat(c.code()).isEqualTo(Reason.Code.POLICY_INVALID))
                .satisfies(c -> assertThat(c.text())
                        .startsWith("extra spec gpu-binder:policy='off' of flavor plain (in the domain's metadata) does"
                                + " not exist (did you mean gpu_binder:policy?)"));
    }

    @Test
    void everyMistakeIsNamedButNotAWholeScreenOfThem() {
        assertThat(complaints("policy=a", "render_node=b")).hasSize(2);
        assertThat(complaints("a=1", "b=1", "c=1", "d=1", "e=1", "f=1")).hasSize(4);
    }

    @Test
    void whatComesFromOutsideIsShownShortAndWithoutControlCharacters() {
        assertThat(complaints("policy=\u001b[31m\n" + "x".repeat(5_000)).get(0))
                .contains("policy='?[31m?xxx")
                .hasSizeLessThan(300)
                .doesNotContain("\u001b", "\n");
    }

    @Test
    void aMistakeIsToldAsAWarningOnceForEachFlavorAndValue() {
        try (LogLines log = LogLines.of(Policies.class.getName())) {
            for (UUID uuid : List.of(ONE, ONE, TWO)) {
                policies.tell(uuid, policies.choose(flavor("gpu.large", "policy=hard"), true));
            }
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN extra spec gpu_binder:policy='hard' of flavor gpu.large")
                    .endsWith("; first met with instance " + ONE);

            policies.tell(ONE, policies.choose(flavor("gpu.large", "policy=harder"), true));
            policies.tell(ONE, policies.choose(flavor("gpu.small", "policy=hard"), true));
            policies.tell(ONE, policies.choose(flavor("gpu.small", "policy=off"), true));
            assertThat(log.lines()).hasSize(3);
        }
    }

    @Test
    void endlessNewMistakesDoNotFillTheMemory() {
        try (LogLines log = LogLines.of(Policies.class.getName())) {
            for (int i = 0; i < 1_000; i++) {
                policies.tell(ONE, policies.choose(flavor("f", "policy=" + i), true));
            }
            policies.tell(ONE, policies.choose(flavor("f", "policy=0"), true));
            assertThat(log.lines()).as("forgotten, so told again").hasSize(1_001);
        }
    }
}
