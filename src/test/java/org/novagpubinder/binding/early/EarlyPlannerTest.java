package org.novagpubinder.binding.early;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.inventory.EarlyInputs;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.host.topology.IdSet;

class EarlyPlannerTest {
    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private Optional<Planned> plan(String definition, Map<String, String> extraSpecs) throws Exception {
        return rig.get(EarlyPlanner.class)
                .plan(
                        GUEST,
                        new DomainXml().read(definition),
                        Flavor.ofCommand(extraSpecs),
                        rig.get(EarlyInputs.class).read(),
                        false);
    }

    @Test
    void aGuestIsPlannedBesideItsGpuBeforeItStarts() throws Exception {
        assertThat(plan(guest("", renderNode(RENDER1)), Map.of()))
                .map(p -> p.plan().nodes())
                .hasValue(IdSet.of(1));
    }

    @Test
    void aDomainWithoutAGpuHasNoPlan() throws Exception {
        assertThat(plan(guest("", ""), Map.of())).isEmpty();
    }

    @Test
    void whatIsLeftAloneHasNoPlan() throws Exception {
        assertThat(plan(guest("", renderNode(RENDER1)), Map.of("gpu_binder:policy", "off")))
                .isEmpty();
    }
}
