package org.novagpubinder.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.check.result.CheckResult.State;
import org.novagpubinder.check.result.NamedResult;
import org.novagpubinder.cli.terminal.Progress;
import org.novagpubinder.cli.terminal.Screen;

class CheckTextTest {
    private static final List<NamedResult> RESULTS = List.of(
            new NamedResult("gpus", new CheckResult(State.OK, "2: one, two", null)),
            new NamedResult(
                    "shared-queues",
                    new CheckResult(
                            State.WARNING,
                            "nobody reads notifications.info: without a limit it fills the broker's memory, and then"
                                    + " everything stands still",
                            "on the broker:\nrabbitmqctl set_policy -p / nova-notifications '^(notifications\\.(info|error))$'"
                                    + " '{\"max-length\":1000}'")),
            new NamedResult("libvirt", new CheckResult(State.FAILURE, "a name with \u001b[2J in it", "run as root")));

    @Test
    void textIsWrappedAndAlignedAndWhatIsToBeCopiedIsNot() {
        assertThat(CheckText.of(RESULTS, new Screen(false, Screen.USUAL_WIDTH))).isEqualTo("""
                ok       gpus           2: one, two
                warning  shared-queues  nobody reads notifications.info: without a limit it fills the broker's
                                        memory, and then everything stands still
                                        -> on the broker:
                                             rabbitmqctl set_policy -p / nova-notifications '^(notifications\\.(info|error))$' '{"max-length":1000}'
                failure  libvirt        a name with ?[2J in it
                                        -> run as root

                3 checks: 1 failure, 1 warning
                """);
    }

    @Test
    void onATerminalOnlyTheStateHasAColour() {
        assertThat(CheckText.of(RESULTS, new Screen(true, Screen.USUAL_WIDTH)).lines())
                .startsWith("\u001b[32mok     \u001b[0m  gpus           2: one, two")
                .contains("\u001b[31mfailure\u001b[0m  libvirt        a name with ?[2J in it");
    }

    @Test
    void jsonIsOneDocumentWithTheWorst() throws Exception {
        JsonNode document = new ObjectMapper().readTree(CheckText.json(RESULTS));
        assertThat(document.get("worst").asText()).isEqualTo("failure");
        assertThat(document.get("checks")).hasSize(3);
        assertThat(document.get("checks").get(0).get("remedy").isNull()).isTrue();
        assertThat(document.get("checks").get(1).get("state").asText()).isEqualTo("warning");
        assertThat(document.get("checks").get(1).get("name").asText()).isEqualTo("shared-queues");
        assertThat(new ObjectMapper()
                        .readTree(CheckText.json(List.of()))
                        .get("worst")
                        .asText())
                .isEqualTo("ok");
    }

    @Test
    void whatTakesLongIsToldOnATerminalAndTakenAwayAgain() throws Exception {
        StringWriter err = new StringWriter();
        try (Progress progress = new Progress(new PrintWriter(err), true, 20)) {
            progress.at("checking broker");
            for (int i = 0; i < 500 && err.toString().isEmpty(); i++) {
                Thread.sleep(10);
            }
            progress.at("checking libvirt");
        }
        assertThat(err.toString()).isEqualTo("checking broker ...\r\u001b[Kchecking libvirt ...\r\u001b[K");

        StringWriter file = new StringWriter();
        try (Progress progress = new Progress(new PrintWriter(file), false, 1)) {
            progress.at("checking broker");
            Thread.sleep(50);
        }
        assertThat(file.toString()).isEmpty();
    }
}
