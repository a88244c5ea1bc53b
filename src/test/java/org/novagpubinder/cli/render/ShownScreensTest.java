package org.novagpubinder.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.check.CheckRig;
import org.novagpubinder.check.Checks;
import org.novagpubinder.check.host.GpuNodesCheck;
import org.novagpubinder.check.host.GpusCheck;
import org.novagpubinder.check.host.PinningAgentsCheck;
import org.novagpubinder.check.result.NamedResult;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.host.sysfs.PciNames;
import org.novagpubinder.picture.svg.HostPicture;
import org.novagpubinder.picture.svg.Scenes;
import org.novagpubinder.testing.SysfsTree;

/** The manual shows what the terminal does: the same host as the picture and the page. */
class ShownScreensTest {
    private static final Path MANUAL = Path.of("src/docs/operation.md");
    private static final HostPicture SHOWN = Scenes.small();

    @TempDir
    Path noNames;

    @TempDir
    Path host;

    private String status(int width) {
        return StatusText.of(SHOWN.guests(), new Screen(false, width), Optional.empty(), false, Scenes.AT);
    }

    private String topology(int width) {
        return TopologyText.render(SHOWN.topology(), new PciNames(noNames), Map.of(), new Screen(false, width));
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 120})
    void theManualShowsWhatIsPrinted(int width) throws Exception {
        assertThat(Files.readString(MANUAL))
                .contains("```\n" + status(width) + "```\n")
                .contains("```\n" + topology(width) + "```\n");
    }

    @Test
    void whatTheManualShowsOfTheChecksIsWhatTheySay() throws Exception {
        SysfsTree.in(host)
                .node(0, "0-15", 64, 41)
                .node(1, "16-31", 64, 12)
                .pci("0000:21:00.0", d -> d.pciClass("030200").driver("nvidia").node(0))
                .pci("0000:41:00.0", d -> d.pciClass("030200").driver("nvidia"))
                .file("proc/812/comm", "numad\n");
        try (CheckRig rig = CheckRig.of(host, "[DEFAULT]\nhost = cmp-a\n")) {
            List<NamedResult> results = List.of(
                    new NamedResult("gpus", rig.one(GpusCheck.class)),
                    new NamedResult("gpu-nodes", rig.one(GpuNodesCheck.class)),
                    new NamedResult("pinning-agents", rig.one(PinningAgentsCheck.class)));
            String text = CheckText.of(results, new Screen(false, 80));

            assertThat(text).endsWith("\n3 checks: no failures, 2 warnings\n");
            String rest = text.substring(0, text.indexOf("\n\n") + 2)
                    + rig.get(Checks.class).checks().size() + " checks: no failures, 2 warnings\n";
            assertThat(Files.readString(MANUAL)).contains("```\n" + rest + "```\n");
        }
    }
}
