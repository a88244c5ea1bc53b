package org.novagpubinder.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.novagpubinder.binding.report.Reconciliation;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

class ReconcileTextTest {
    private static final UUID ID = UUID.fromString("5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11");
    private static final Reason WHY = new Reason(Code.NODE_OF_GPU, "its GPU is on node 1");

    private static Reconciliation row(String domain, Outcome intent, String record, String... next) {
        return new Reconciliation(
                ID,
                domain,
                true,
                intent,
                intent == Outcome.IGNORED ? IdSet.empty() : IdSet.of(1),
                record,
                IdSet.of(0, 1),
                Map.of(0, 250L, 1, 750L),
                List.of(next),
                List.of(WHY));
    }

    private static Reconciliation failed(String domain, String why) {
        return new Reconciliation(
                ID,
                domain,
                false,
                Outcome.FAILED,
                IdSet.empty(),
                "unknown",
                IdSet.empty(),
                Map.of(),
                List.of(),
                List.of(new Reason(Code.LIBVIRT_ERROR, why)));
    }

    @Test
    void eachDomainHasIntentRecordRealityAndWhatComes() {
        List<Reconciliation> all = List.of(
                row("instance-00000001", Outcome.ALIGNED, "bound to 1"),
                row(
                        "instance-00000002",
                        Outcome.BOUND,
                        "none",
                        "pin 4 vCPUs",
                        "pin the emulator threads",
                        "write the definition"),
                row("instance-00000003", Outcome.IGNORED, "released"),
                failed("instance-00000004", "its domain XML cannot be read"));

        assertThat(ReconcileText.of(all, new Screen(false, Screen.USUAL_WIDTH), false))
                .isEqualTo("""
                DOMAIN             INTENT    RECORD      VCPUS  MEMORY       NEXT SWEEP
                instance-00000001  node 1    bound to 1  0-1    0:25% 1:75%  nothing
                instance-00000002  node 1    none        0-1    0:25% 1:75%  pin 4 vCPUs, pin the emulator threads,
                                                                             write the definition
                instance-00000003  leave it  released    0-1    0:25% 1:75%  nothing
                instance-00000004  unknown   unknown     -      -            its domain XML cannot be read
                """);
        assertThat(ReconcileText.of(all, new Screen(true, Screen.USUAL_WIDTH), false)
                        .lines()
                        .toList()
                        .get(1))
                .startsWith("\u001b[32m");
        assertThat(ReconcileText.exit(all)).isEqualTo(Exit.FAILURE);
        assertThat(ReconcileText.exit(all.subList(0, 2))).isEqualTo(Exit.WARNING);
        assertThat(ReconcileText.exit(all.subList(0, 1))).isEqualTo(Exit.FINE);
    }

    @Test
    void noLineIsWiderThanAHundredColumnsWhateverTheNames() {
        Reconciliation r = row(
                "n".repeat(300),
                Outcome.BOUND,
                "host.with.a.very.long.name.example.org's, to 0-7",
                "start it: its restart is half-done",
                "take the mark of its restart off",
                "pin 128 vCPUs");

        assertThat(ReconcileText.of(List.of(r), new Screen(false, Screen.USUAL_WIDTH), false)
                        .lines())
                .allMatch(l -> l.codePointCount(0, l.length()) <= 100);
    }

    @Test
    void oneDomainIsToldWithItsReasonsAndNobodyIsToldToo() {
        assertThat(ReconcileText.of(
                        List.of(row("i", Outcome.BOUND, "none", "pin 1 vCPU")),
                        new Screen(false, Screen.USUAL_WIDTH),
                        true))
                .endsWith("\n\n  node-of-gpu: its GPU is on node 1\n");
        assertThat(ReconcileText.of(List.of(), new Screen(false, Screen.USUAL_WIDTH), false))
                .contains("the next sweep does nothing");
        assertThat(ReconcileText.exit(List.of())).isEqualTo(Exit.FINE);
    }

    @Test
    void jsonHasTheNamesAndTheOrderThatScriptsRelyOn() throws Exception {
        String json = ReconcileText.json(List.of(row("i", Outcome.BOUND, "none", "pin 4 vCPUs")));

        assertThat(new ObjectMapper().readTree(json).toString())
                .isEqualTo(("{'domains':[{'uuid':'" + ID + "','domain':'i','running':true,"
                                + "'intent':{'outcome':'bound','nodes':[1]},'record':'none',"
                                + "'reality':{'vcpuNodes':[0,1],'memoryPercent':{'0':25.0,'1':75.0}},"
                                + "'nextSweep':['pin 4 vCPUs'],"
                                + "'reasons':[{'code':'node-of-gpu','text':'its GPU is on node 1'}]}]}")
                        .replace('\'', '"'));
    }
}
