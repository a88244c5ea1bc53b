package org.novagpubinder.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.host.sysfs.PciNames;
import org.novagpubinder.picture.svg.HostPicture;
import org.novagpubinder.picture.svg.Scenes;

/** The manual shows what the terminal does: the same host as the picture and the page. */
class ShownScreensTest {
    private static final Path MANUAL = Path.of("src/docs/operation.md");
    private static final HostPicture SHOWN = Scenes.small();

    @TempDir
    Path noNames;

    private String status(int width) {
        return StatusText.of(SHOWN.guests(), new Screen(false, width), Optional.empty(), false, Scenes.AT);
    }

    private String topology(int width) {
        TopologyText.Extras none = new TopologyText.Extras(Map.of(), Map.of());
        return TopologyText.render(SHOWN.topology(), new PciNames(noNames), none, new Screen(false, width));
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 120})
    void theManualShowsWhatIsPrinted(int width) throws Exception {
        assertThat(Files.readString(MANUAL))
                .contains("```\n" + status(width) + "```\n")
                .contains("```\n" + topology(width) + "```\n");
    }
}
