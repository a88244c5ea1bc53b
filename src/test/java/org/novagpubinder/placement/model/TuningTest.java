package org.novagpubinder.placement.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.IdSet;

class TuningTest {
    private static final IdSet NODE0 = IdSet.range(0, 7);
    private static final IdSet NODE1 = IdSet.range(8, 15);

    private static Tuning tuning(Map<Integer, IdSet> vcpus, IdSet emulator, String renderNode) {
        return new Tuning(vcpus, emulator, Map.of(), null, Map.of(), renderNode);
    }

    @Test
    void whatWeSetOverNothingIsNothingWhenUndone() {
        Tuning set = tuning(Map.of(0, NODE1, 1, NODE1), NODE1, null);

        assertThat(set.undone(set, Tuning.NONE)).isEqualTo(Tuning.NONE);
    }

    @Test
    void aRenderNodeThatStoodThereBeforeComesBack() {
        Tuning set = tuning(Map.of(), null, "/dev/dri/renderD129");
        Tuning before = tuning(Map.of(), null, "/dev/dri/renderD128");

        assertThat(set.undone(set, before)).isEqualTo(before);
    }

    @Test
    void aPinThatSomebodyElseHasChangedSinceIsTheirsAndStays() {
        Tuning set = tuning(Map.of(0, NODE1, 1, NODE1), NODE1, null);
        Tuning now = tuning(Map.of(0, NODE1, 1, NODE0), NODE1, null);

        assertThat(now.undone(set, Tuning.NONE)).isEqualTo(tuning(Map.of(1, NODE0), null, null));
    }

    @Test
    void novasPinsAreNotPartOfWhatIsOurs() {
        Tuning novas = tuning(Map.of(0, NODE1), NODE1, null);
        Tuning ours = tuning(Map.of(), null, "/dev/dri/renderD129");

        assertThat(novas.with(ours).without(ours)).isEqualTo(novas);
    }

    @Test
    void aPartIsTakenFromAboveWhereThatHasItAndKeptByAMaskThatHasIt() {
        MemoryPlacement memory = new MemoryPlacement(MemoryMode.STRICT, IdSet.of(1));
        Tuning all =
                new Tuning(Map.of(0, NODE1), NODE1, Map.of(1, NODE1), memory, Map.of(0, memory), "/dev/dri/renderD129");
        Tuning memoryOnly = Tuning.NONE.withMemory(memory, Map.of());

        assertThat(Tuning.NONE.with(all)).isEqualTo(all);
        assertThat(all.with(Tuning.NONE)).isEqualTo(all);
        assertThat(all.only(all)).isEqualTo(all);
        assertThat(all.only(Tuning.NONE)).isEqualTo(Tuning.NONE);
        assertThat(all.only(memoryOnly)).isEqualTo(memoryOnly);
    }
}
