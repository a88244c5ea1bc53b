package org.novagpubinder.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManualsTest {
    @ParameterizedTest
    @ValueSource(strings = {"nova-gpu-binder.8", "nova-gpu-binder.conf.5"})
    void nothingIsLeftToPutIn(String name) throws Exception {
        String page = Manuals.page(name, "1.2.3", "2026-11-23");
        assertThat(page).startsWith(".TH").contains("1.2.3", "2026-11-23").doesNotContainPattern("@[A-Z_]+@");
        assertThat(page.lines().filter(l -> l.startsWith("'"))).isEmpty();
    }

    /** Of a longer one mandoc -Tlint complains, in src/dev/package-test. */
    @ParameterizedTest
    @ValueSource(strings = {"nova-gpu-binder.8", "nova-gpu-binder.conf.5"})
    void noLineOfTextIsLongerThan80(String name) throws Exception {
        String text =
                Files.readString(Manuals.SOURCES.resolve(name + ".in")).replaceAll("(?s)\n\\.EX\n.*?\n\\.EE\n", "\n");
        assertThat(text.lines().filter(l -> !l.startsWith(".") && l.length() > 80))
                .isEmpty();
    }

    @Test
    void theCommandsAreThereWithTheirOptions() throws Exception {
        String page = Manuals.page("nova-gpu-binder.8", "1", "2026-11-23");
        for (String command :
                List.of("bind", "check", "decode", "plan", "release", "restarts", "run", "status", "topology")) {
            assertThat(page).contains(".SS \\fB" + command + "\\fR");
        }
        assertThat(page).contains("\\fB\\-\\-extra\\-spec\\fR \\fIK=V\\fR", "\\fB\\-\\-config\\-file\\fR \\fIFILE\\fR");
        assertThat(page.split("\n\\\\fB\\\\-\\\\-config\\\\-file", -1))
                .as("common options stand there once")
                .hasSize(2);
    }

    @Test
    void theOptionsAreThereWithDefaultAndHelp() throws Exception {
        assertThat(Manuals.page("nova-gpu-binder.conf.5", "1", "2026-11-23"))
                .contains("\\fBsweep_interval\\fR = 300\nHow often all domains are compared")
                .contains("Allowed: a whole number of seconds from 10 to 86400.")
                .contains("\\fBtransport_url\\fR\n");
    }
}
