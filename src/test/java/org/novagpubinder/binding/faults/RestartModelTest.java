package org.novagpubinder.binding.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The model of the restart holds, and every rule in it is needed: see {@code src/docs/model.md}. */
class RestartModelTest {
    private static final Pattern STATES = Pattern.compile("all rules: (\\d+) states");

    @Test
    void noGuestIsLostOrRunsTwiceAndEachRuleIsNeededForThat() throws Exception {
        Process model = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "src/dev/model/RestartModel.java",
                        "--each",
                        "--faults",
                        "3",
                        "--wishes",
                        "1")
                .redirectErrorStream(true)
                .start();
        String told = new String(model.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(model.waitFor()).as(told).isZero();

        List<String> lines = told.lines().toList();
        assertThat(lines.get(0)).endsWith("0 violations");
        Matcher states = STATES.matcher(lines.get(0));
        assertThat(states.find()).isTrue();
        assertThat(Integer.parseInt(states.group(1))).isGreaterThan(500_000);

        List<String> without =
                lines.stream().filter(line -> line.startsWith("without ")).toList();
        assertThat(without).hasSizeGreaterThan(15);
        assertThat(without)
                .filteredOn(line -> !line.contains("a second line"))
                .allMatch(line -> line.contains("VIOLATION"));
    }
}
