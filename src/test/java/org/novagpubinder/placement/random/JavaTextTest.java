package org.novagpubinder.placement.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.MemoryFacts;

class JavaTextTest {
    @Test
    void valuesAreWrittenAsTheExpressionThatMakesThem() {
        PciAddress gpu = PciAddress.parse("0000:41:00.0");

        assertThat(JavaText.of(new Limits(IdSet.parse("0-3,8"), 1.5, 1024, 0)))
                .isEqualTo("new Limits(IdSet.parse(\"0-3,8\"), 1.5, 1024L, 0L, new DeviceSpecs(List.of()))");
        assertThat(JavaText.of(new GpuUse(GpuUse.Kind.PCI, gpu, null)))
                .isEqualTo("new GpuUse(GpuUse.Kind.PCI, PciAddress.parse(\"0000:41:00.0\"), null, null)");
        assertThat(JavaText.of(new Guest.Running(Map.of(2, 5L, 1, 4L), "a \"b\"", MemoryFacts.NONE)))
                .isEqualTo(
                        "new Guest.Running(Map.ofEntries(Map.entry(1, 4L), Map.entry(2, 5L)), \"a \\\"b\\\"\", new MemoryFacts(null, null, 0L))");
        assertThat(JavaText.of(List.of(true, Set.of(2, 1)))).isEqualTo("List.of(true, Set.of(1, 2))");
    }
}
