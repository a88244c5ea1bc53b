package org.novagpubinder.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.policy.Policies;
import org.novagpubinder.binding.report.Preview;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Plan.Candidate;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Policy;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.placement.model.Tuning;

/** What people see of a plan. */
class PlanTextTest {
    private static final UUID ID = UUID.fromString("5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11");
    private static final Reason CHOSEN = new Reason(
            Code.CHOSEN,
            "node 1 with /dev/dri/renderD129: 4 vCPUs fit 16 CPUs (load 0.0 of 64.0), 8.0 GiB of 62.0 GiB free");
    private static final Reason FULL =
            new Reason(Code.CPUS_FULL, "node 0: 4 vCPUs do not fit 16 CPUs (load 62.0 of 64.0)");

    private static final Reason VIDEO = new Reason(
            Code.LESS_VIDEO_MEMORY, "node 2 with /dev/dri/renderD130: less free video memory: 1 GiB instead of 4 GiB");

    private static final Policies.Chosen BY_DEFAULT = new Policies.Chosen(
            Flavor.UNKNOWN, new Policy(PolicyMode.PREFERRED, false), "default", "default", List.of());

    private final Tuning now = pins(Map.of(), null);
    private final Tuning then = pins(same(4, "16-31"), "/dev/dri/renderD129");

    @Test
    void aPlanTellsWhatChangesWhyAndWhatElseWasWeighed() {
        List<Candidate> candidates = List.of(
                candidate(1, 0.1, CHOSEN),
                new Candidate(
                        IdSet.of(0, 1), "/dev/dri/renderD128", true, 21, 2, 1.2, 90 << 20, why(Code.SEVERAL_NODES)),
                new Candidate(IdSet.of(2), "/dev/dri/renderD130", true, 10, 0, 0, 62 << 20, VIDEO),
                new Candidate(IdSet.of(0), "/dev/dri/renderD128", false, 10, 12, 3.875, 62 << 20, FULL));

        assertThat(text(now, then, candidates)).isEqualTo("""
                instance-0000002a (5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11): would be bound, node 1
                  why  node 1 with /dev/dri/renderD129: 4 vCPUs fit 16 CPUs (load 0.0 of 64.0),
                       8.0 GiB of 62.0 GiB free [chosen]
                  by   policy preferred (default), render_node none (default)

                  vCPU 0-3  anywhere -> CPUs 16-31
                  emulator  anywhere, stays
                  memory    anywhere, stays
                  render    none -> /dev/dri/renderD129
                  restart   no

                  NODES  RENDER NODE  FITS  DISTANCE  GPU USERS  LOAD/CPU  FREE      VERDICT
                * 1      renderD129   yes   10        0          0.1       62.0 GiB  chosen
                  0-1    renderD128   yes   21        2          1.2       90.0 GiB  several-nodes
                  2      renderD130   yes   10        0          0.0       62.0 GiB  less-video-memory: less free
                                                                                     video memory: 1 GiB instead of
                                                                                     4 GiB
                  0      renderD128   no    10        12         3.9       62.0 GiB  cpus-full
                """);
    }

    @Test
    void colourMarksTheOutcomeAndTheChosenPlace() {
        List<Candidate> candidates = List.of(candidate(1, 0, CHOSEN), candidate(0, 1, why(Code.MORE_LOAD)));

        assertThat(PlanText.of(preview(now, then, candidates), List.of(), false, new Screen(true, Screen.USUAL_WIDTH)))
                .contains("\u001b[32mwould be bound, node 1\u001b[0m\n")
                .contains("\u001b[32m* 1 ")
                .contains("\n  1 ".replace('1', '0'));
        assertThat(text(now, then, candidates)).doesNotContain("\u001b");
    }

    @Test
    void ofManyCandidatesTheBestAreShownAndTheRestIsCounted() {
        List<Candidate> candidates = new ArrayList<>(List.of(candidate(1, 0, CHOSEN)));
        IntStream.range(2, 65).forEach(n -> candidates.add(candidate(n, 1, why(Code.MORE_LOAD))));
        Preview preview = preview(now, then, candidates);

        assertThat(PlanText.of(preview, List.of(), false, new Screen(false, Screen.USUAL_WIDTH))
                        .lines())
                .endsWith("  and 54 more: --all shows them")
                .filteredOn(l -> l.contains("renderD129   yes"))
                .hasSize(10);
        assertThat(PlanText.of(preview, List.of(), true, new Screen(false, Screen.USUAL_WIDTH))
                        .lines())
                .filteredOn(l -> l.contains("renderD129   yes"))
                .hasSize(64);
    }

    @Test
    void pinsThatDifferByVcpuAreAFewLines() {
        Map<Integer, IdSet> cells = new HashMap<>();
        IntStream.range(0, 64).forEach(v -> cells.put(v, IdSet.parse(v < 32 ? "0-15,64-79" : "16-31,80-95")));
        assertThat(text(now, pins(cells, null), List.of()))
                .contains("  vCPU 0-31   anywhere -> CPUs 0-15,64-79\n  vCPU 32-63  anywhere -> CPUs 16-31,80-95\n");

        Map<Integer, IdSet> dedicated = new HashMap<>();
        IntStream.range(0, 64).forEach(v -> dedicated.put(v, IdSet.of(64 + v)));
        assertThat(text(pins(dedicated, null), pins(dedicated, null), List.of()))
                .contains("  vCPU 0-63  64 different pins within CPUs 64-127 (--json has each), stays\n");
        assertThat(text(pins(dedicated, null), pins(same(64, "1"), null), List.of()))
                .containsPattern("64 different pins within CPUs 64-127 \\(--json has each\\) ->\\s+CPU 1\n");
    }

    @Test
    void theMemoryOfGuestCellsIsToldCellByCell() throws Exception {
        Tuning cells = new Tuning(
                Map.of(),
                null,
                Map.of(),
                new MemoryPlacement(MemoryMode.RESTRICTIVE, IdSet.of(0, 1)),
                Map.of(
                        1, new MemoryPlacement(MemoryMode.RESTRICTIVE, IdSet.of(0)),
                        0, new MemoryPlacement(MemoryMode.RESTRICTIVE, IdSet.of(1))),
                null);
        Preview preview = preview(now, cells, List.of());

        assertThat(PlanText.of(preview, List.of(), false, new Screen(false, Screen.USUAL_WIDTH)))
                .contains("""
                  memory    anywhere -> nodes 0-1 (restrictive)
                  cell 0    anywhere -> node 1 (restrictive)
                  cell 1    anywhere -> node 0 (restrictive)
                """);
        assertThat(PlanJson.of(preview, List.of()).path("memnodes").toString())
                .isEqualTo("{\"0\":{\"nodeset\":\"1\",\"mode\":\"restrictive\"},"
                        + "\"1\":{\"nodeset\":\"0\",\"mode\":\"restrictive\"}}");
        assertThat(PlanJson.of(preview(now, then, List.of()), List.of()).has("memnodes"))
                .isFalse();
    }

    @Test
    void aCandidateInJsonHasItsVerdictAsCodeAndText() {
        Preview preview = preview(now, then, List.of(new Candidate(IdSet.of(0), null, false, 10, 12, 3.5, 7, FULL)));

        assertThat(PlanJson.of(preview, List.of()).path("candidates").toString())
                .isEqualTo(("[{'nodes':[0],'renderNode':null,'fits':false,'distance':10,'gpuUsers':12,'load':3.5,"
                                + "'freeKiB':7,'verdict':{'code':'cpus-full','text':'" + FULL.text() + "'}}]")
                        .replace('\'', '"'));
    }

    @Test
    void noLineIsWiderThanATerminal() {
        String cpus = IntStream.range(0, 256)
                .filter(c -> c % 3 != 0)
                .mapToObj(Integer::toString)
                .reduce("", (a, b) -> a + "," + b);
        Tuning scattered = pins(same(256, cpus.substring(1)), "/dev/dri/renderD129");
        List<Candidate> candidates = List.of(
                new Candidate(
                        IdSet.parse("0,2,4,6,8,10,12,14"), "/dev/dri/renderD143", true, 10, 1, 0, 1L << 40, CHOSEN),
                new Candidate(IdSet.of(1), "/dev/dri/renderD128", false, 10, 1, 0, 1L << 40, VIDEO));

        assertThat(text(now, scattered, candidates).lines())
                .allSatisfy(l -> assertThat(l).hasSizeLessThanOrEqualTo(100));
    }

    private static String text(Tuning now, Tuning then, List<Candidate> candidates) {
        return PlanText.of(preview(now, then, candidates), List.of(), false, new Screen(false, Screen.USUAL_WIDTH));
    }

    private static Preview preview(Tuning now, Tuning then, List<Candidate> candidates) {
        Plan plan = new Plan(
                ID,
                Outcome.BOUND,
                List.of(CHOSEN),
                IdSet.of(1),
                then,
                then,
                MemoryWhen.UNCHANGED,
                false,
                false,
                candidates);
        return new Preview("instance-0000002a", true, now, plan, BY_DEFAULT, plan.memoryWhen(), false, false, null);
    }

    private static Tuning pins(Map<Integer, IdSet> vcpus, String renderNode) {
        return new Tuning(vcpus, null, Map.of(), null, Map.of(), renderNode);
    }

    private static Map<Integer, IdSet> same(int vcpus, String cpus) {
        Map<Integer, IdSet> pins = new HashMap<>();
        IntStream.range(0, vcpus).forEach(v -> pins.put(v, IdSet.parse(cpus)));
        return pins;
    }

    private static Candidate candidate(int node, double load, Reason verdict) {
        return new Candidate(IdSet.of(node), "/dev/dri/renderD129", true, 10, 0, load, 62 << 20, verdict);
    }

    private static Reason why(Code code) {
        return new Reason(code, "node 0 with /dev/dri/renderD128: worse");
    }
}
