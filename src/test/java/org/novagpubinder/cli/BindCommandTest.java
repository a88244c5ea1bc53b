package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.cli.render.BindText;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

class BindCommandTest {
    private static final UUID ID = UUID.fromString("5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11");

    private static BindResult result(String domain) {
        return new BindResult(
                ID,
                domain,
                Outcome.BOUND,
                List.of(new Reason(Code.NODE_OF_GPU, "its GPU is on node 1"), new Reason(Code.LIVE, "live")),
                IdSet.of(1),
                List.of("pinned 2 vCPUs", "wrote the definition"),
                true,
                37);
    }

    @Test
    void jsonHasTheNamesAndTheOrderThatScriptsRelyOn() throws Exception {
        assertThat(new ObjectMapper()
                        .readTree(BindText.json(result("instance-00000001")))
                        .toString())
                .isEqualTo(("{'uuid':'" + ID + "','domain':'instance-00000001','outcome':'bound',"
                                + "'reasons':[{'code':'node-of-gpu','text':'its GPU is on node 1'},"
                                + "{'code':'live','text':'live'}],'nodes':[1],"
                                + "'done':['pinned 2 vCPUs','wrote the definition'],'restarted':true,'milliseconds':37}")
                        .replace('\'', '"'));
    }

    @Test
    void peopleReadWhatWasDoneAndWhy() {
        assertThat(BindText.of(result("a\u009b2Jb"), new Screen(false, Screen.USUAL_WIDTH)))
                .isEqualTo("""
                a?2Jb (5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11): bound, node 1, 37 ms
                  did: pinned 2 vCPUs
                  did: wrote the definition
                  why: its GPU is on node 1 [node-of-gpu]
                  why: live [live]
                """);
    }

    @Test
    void aConnectionThatCannotBeMadeIsOneLine() throws Exception {
        CommandRig command = new CommandRig();

        int code = command.run("bind", "--connect", "bhyve:///system", "instance-00000001");

        assertThat(code).isEqualTo(Exit.FAILURE);
        assertThat(command.err()).contains("nova-gpu-binder: ").contains("bhyve:///system");
    }
}
