package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.cli.render.ReleaseText;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

class ReleaseCommandTest {
    private static final UUID ID = UUID.fromString("5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11");
    private static final Reason BACK = new Reason(Code.RELEASED, "its own placement is back");
    private static final Reason KEEPS =
            new Reason(Code.NEEDS_START, "until its next start it keeps the render node /dev/dri/renderD129");

    private final CommandRig command = new CommandRig();

    private static BindResult result(String domain, Outcome outcome, Reason... reasons) {
        return new BindResult(
                ID, domain, outcome, List.of(reasons), IdSet.empty(), List.of("took its pins off"), false, 7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "release|give either a DOMAIN or --all",
                "release --all instance-00000001|give either a DOMAIN or --all",
                "release --yes instance-00000001|--yes goes with --all",
                "release --all|--all asks, but there is no terminal to ask on: give --yes",
                "release a b|unexpected argument 'b'",
            })
    void badUsageIsOneLine(String words, String message) {
        assertThat(command.run(words.split(" "))).isEqualTo(Exit.USAGE);
        assertThat(command.err().lines())
                .singleElement()
                .asString()
                .isEqualTo("nova-gpu-binder: " + message + "; see `nova-gpu-binder release --help`");
        assertThat(command.out()).isEmpty();
    }

    @Test
    void theHelpSaysWhatHappensAfterwards() {
        assertThat(command.run("release", "--help")).isEqualTo(Exit.FINE);
        assertThat(command.out())
                .contains("Examples:", "release instance-0000002a", "stop it first", "Exit codes:")
                .contains("leaves the domain alone until");
    }

    @Test
    void aConnectionThatCannotBeMadeIsOneLine() {
        assertThat(command.run("release", "--connect", "bhyve:///system", "instance-00000001"))
                .isEqualTo(Exit.FAILURE);
        assertThat(command.err()).startsWith("nova-gpu-binder: ").contains("bhyve:///system");
    }

    @Test
    void peopleReadWhatWasDoneAndWhatStays() {
        assertThat(ReleaseText.of(
                        result("a\u009b2Jb", Outcome.DEFERRED, KEEPS, BACK), new Screen(false, Screen.USUAL_WIDTH)))
                .isEqualTo("""
                a?2Jb (5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11): released
                  did: took its pins off
                  why: until its next start it keeps the render node /dev/dri/renderD129 [needs-start]
                  why: its own placement is back [released]
                """);
        assertThat(ReleaseText.of(
                        result(
                                "i",
                                Outcome.IGNORED,
                                new Reason(Code.NOT_BOUND, "there is nothing of nova-gpu-binder on it")),
                        new Screen(false, Screen.USUAL_WIDTH)))
                .startsWith("i (" + ID + "): nothing to release\n");
    }

    @Test
    void ofManyEachIsALineAndTheLastLineCounts() {
        List<BindResult> all = List.of(
                result("instance-00000001", Outcome.IGNORED, BACK),
                result("instance-00000002", Outcome.DEFERRED, KEEPS, BACK),
                result("instance-00000003", Outcome.FAILED, new Reason(Code.LIBVIRT_ERROR, "no\u001b[2J space")));

        assertThat(all.stream().map(ReleaseText::line))
                .containsExactly(
                        "instance-00000001 (" + ID + "): released\n",
                        "instance-00000002 (" + ID
                                + "): released: until its next start it keeps the render node /dev/dri/renderD129\n",
                        "instance-00000003 (" + ID + "): failed: no?[2J space\n");
        assertThat(ReleaseText.sum(all))
                .isEqualTo(
                        "3 domains: 2 released, 1 of them with something that stays until the next start or comes back, 1 failed\n");
        assertThat(ReleaseText.sum(List.of())).isEqualTo("no domain has anything of nova-gpu-binder\n");
        assertThat(ReleaseText.sum(all.subList(0, 1))).isEqualTo("1 domain: 1 released\n");
    }

    @Test
    void jsonHasTheNamesAndTheOrderThatScriptsRelyOn() throws Exception {
        String one = "{'uuid':'" + ID + "','domain':'i','outcome':'deferred','released':true,"
                + "'reasons':[{'code':'needs-start','text':'until its next start it keeps the render node "
                + "/dev/dri/renderD129'},{'code':'released','text':'its own placement is back'}],"
                + "'done':['took its pins off'],'milliseconds':7}";
        BindResult result = result("i", Outcome.DEFERRED, KEEPS, BACK);
        ObjectMapper mapper = new ObjectMapper();

        assertThat(mapper.readTree(ReleaseText.json(result)).toString()).isEqualTo(one.replace('\'', '"'));
        assertThat(mapper.readTree(ReleaseText.json(List.of(result))).toString())
                .isEqualTo("{\"domains\":[" + one.replace('\'', '"') + "]}");
    }
}
