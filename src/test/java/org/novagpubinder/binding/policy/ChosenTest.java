package org.novagpubinder.binding.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.RENDER0;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.binding.policy.Flavor.ToldBy;
import org.novagpubinder.config.TestConfig;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.placement.Planner;
import org.novagpubinder.placement.Planning;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Policy;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;

/** What follows from the policy that was chosen for a guest. */
class ChosenTest {
    private static final UUID VGPU = new UUID(7, 7);
    private static final Reason RESCUE = new Reason(Reason.Code.RESCUE, "it is rescued");

    private final Plan plan = new Planner()
            .plan(
                    Hosts.twoRenderNodes().build(),
                    Guests.withDisplay().build(),
                    Occupancy.NONE,
                    Planning.PREFERRED,
                    Planning.LIMITS);

    private static Policies.Chosen chosen(String option, Map<String, String> extraSpecs) {
        return new Policies(TestConfig.of(option).binding())
                .choose(new Flavor("gpu.large", extraSpecs, ToldBy.NOTIFICATION), true);
    }

    private static Policies.Chosen said(String policy) {
        return chosen("policy = preferred", Map.of("gpu_binder:policy", policy));
    }

    private static boolean concerns(Policies.Chosen chosen, String devices) throws Exception {
        return chosen.concerns(new DomainXml().read(guest("", devices)));
    }

    @Test
    void whatIsWrongWithTheFlavorIsSaidBeforeThePlansOwnReasons() {
        Policies.Chosen wrong =
                chosen("policy = preferred", Map.of("gpu_binder:policy", "hard", "gpu_binder:render_node", "yes"));

        assertThat(wrong.complaints()).hasSize(2);
        assertThat(wrong.explain(plan).reasons())
                .isEqualTo(Stream.of(wrong.complaints(), plan.reasons())
                        .flatMap(List::stream)
                        .toList());
        assertThat(said("required").explain(plan)).isEqualTo(plan);
    }

    @Test
    void aGuestThatIsLeftAloneIsOnlyComparedWhateverItsFlavorSays() {
        Policies.Chosen left = said("hard").leftAlone(RESCUE, Outcome.IGNORED);

        assertThat(left.text()).isEqualTo("policy report (rescue), render_node none (rescue)");
        assertThat(left.saidNotToBind()).isFalse();
        assertThat(left.explain(plan))
                .isEqualTo(plan.withOutcome(Outcome.IGNORED).because(RESCUE));
    }

    @Test
    void onlyAGuestWithAGpuADisplayOrTheWishForARenderNodeIsLookedAt() throws Exception {
        Policies.Chosen binds = said("preferred");
        String vgpu = "<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='" + VGPU
                + "'/></source></hostdev>";

        assertThat(concerns(binds, "")).isFalse();
        assertThat(concerns(binds, vfio())).isTrue();
        assertThat(concerns(binds, vgpu)).isTrue();
        assertThat(concerns(binds, renderNode(RENDER0))).isTrue();
        assertThat(concerns(chosen("render_node = auto", Map.of()), "")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"off, true", "report, true", "hard, true", "preferred, false", "required, false"})
    void theFlavorsOwnWordSaysWhetherItIsToBeBound(String word, boolean not) {
        assertThat(said(word).saidNotToBind()).isEqualTo(not);
    }

    @Test
    void aRuleOrTheDefaultIsNoWordOfTheFlavors() {
        assertThat(chosen("policy = off", Map.of()).saidNotToBind()).isFalse();
        assertThat(chosen("flavor_policy = gpu.*=off", Map.of("gpu_binder:render_node", "none"))
                        .saidNotToBind())
                .isFalse();
        Policies.Chosen misspelt = chosen("policy = off", Map.of("gpu_binder:polcy", "required"));
        assertThat(misspelt.policy()).isEqualTo(new Policy(PolicyMode.REPORT, false));
        assertThat(misspelt.saidNotToBind()).isTrue();
    }
}
