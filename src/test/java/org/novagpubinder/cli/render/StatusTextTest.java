package org.novagpubinder.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.binding.report.LastOutcome;
import org.novagpubinder.cli.live.DaemonView;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

class StatusTextTest {
    private static final UUID ID = UUID.fromString("5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11");
    private static final DaemonView NO_DAEMON =
            new DaemonView("absent", "the daemon does not run", null, List.of(), List.of());
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final PciAddress GPU = PciAddress.parse("0000:41:00.0");

    @Test
    void eachDomainIsALineAndWhatIsWrongStandsOut() {
        List<DomainStatus> all = List.of(
                status("instance-00000001", Outcome.BOUND, Map.of(1, 999_000L, 0, 1_000L), Code.NODE_OF_GPU, "g"),
                status("instance-00000002", Outcome.MISALIGNED, Map.of(0, 1_000L), Code.PLACED_BY_NOVA, "n"),
                status("instance-00000003", Outcome.DEFERRED, Map.of(0, 500L, 1, 500L), Code.RUNS_TOO_LONG, "r"),
                off("instance-00000004"));

        assertThat(text(all)).isEqualTo("""
                  DOMAIN             GPU         GPU NODE  VCPUS  MEMORY       OUTCOME
                ✓ instance-00000001  renderD129  1         0      0:0% 1:100%  bound
                    web-1  5b0d1a9e  node-of-gpu
                ✗ instance-00000002  renderD129  1         0      0:100%       misaligned
                    web-1  5b0d1a9e  placed-by-nova
                … instance-00000003  renderD129  1         0      0:50% 1:50%  deferred
                    web-1  5b0d1a9e  runs-too-long
                  instance-00000004  -           ?         off    -            ignored
                    5b0d1a9e

                4 domains with a GPU: 1 misaligned, 1 deferred, 1 bound, 1 ignored; `status DOMAIN` tells why
                """);
        assertThat(StatusText.of(all, new Screen(true, Screen.USUAL_WIDTH), Optional.empty(), false, NOW)
                        .lines())
                .satisfiesExactly(
                        head -> assertThat(head).startsWith("\u001b[1m  DOMAIN"),
                        bound -> assertThat(bound).startsWith("\u001b[32m✓\u001b[0m instance-00000001"),
                        second -> assertThat(second).startsWith("    web-1"),
                        misaligned -> assertThat(misaligned)
                                .startsWith("\u001b[31m✗ inst")
                                .endsWith("\u001b[0m"),
                        second -> assertThat(second).startsWith("\u001b[31m    web-1"),
                        deferred -> assertThat(deferred).startsWith("\u001b[33m"),
                        second -> assertThat(second).startsWith("\u001b[33m"),
                        ignored -> assertThat(ignored).startsWith("  instance"),
                        second -> assertThat(second).startsWith("    5b0d1a9e"),
                        blank -> assertThat(blank).isEmpty(),
                        sum -> assertThat(sum).startsWith("\u001b[31m4 domains"));
    }

    @Test
    void aWideTerminalHasALineEachAndANarrowOneTwo() {
        DomainStatus s = status("instance-00000001", Outcome.BOUND, Map.of(1, 1L), Code.NODE_OF_GPU, "g");

        assertThat(StatusText.of(List.of(s), new Screen(false, 120), Optional.empty(), false, NOW))
                .startsWith("""
                          DOMAIN             INSTANCE  UUID      GPU         GPU NODE  VCPUS  MEMORY  OUTCOME  WHY
                        ✓ instance-00000001  web-1     5b0d1a9e  renderD129  1         0      1:100%  bound    node-of-gpu
                        """);
        assertThat(StatusText.of(List.of(s), new Screen(false, 80), Optional.empty(), false, NOW)
                        .lines())
                .contains("    web-1  5b0d1a9e  node-of-gpu")
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        assertThat(StatusText.of(List.of(s), new Screen(false, 80), Optional.empty(), true, NOW))
                .contains(ID.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "MISALIGNED, MISALIGNED, 181, 'placed-by-nova, for 3 h'",
        "MISALIGNED, MISALIGNED, 0, placed-by-nova",
        "MISALIGNED, DEFERRED, 181, placed-by-nova",
        "BOUND, BOUND, 181, placed-by-nova",
    })
    void forHowLongAGuestIsNotAsItShouldIsTheDaemonsWord(Outcome now, Outcome told, long minutes, String why) {
        LastOutcome last = new LastOutcome(
                ID,
                "instance-00000001",
                told,
                List.of(new Reason(Code.PLACED_BY_NOVA, "n")),
                "sweep",
                NOW,
                NOW.minus(Duration.ofMinutes(minutes)));
        DomainStatus s = told(status("instance-00000001", now, Map.of(0, 1L), Code.PLACED_BY_NOVA, "n"), last);

        assertThat(text(List.of(s)).lines()).contains("    web-1  5b0d1a9e  " + why);
        assertThat(StatusText.of(List.of(s), new Screen(false, 140), Optional.empty(), false, NOW))
                .containsPattern("  " + why + "\\n");
    }

    @Test
    void anEarlierDaemonDoesNotTellSinceWhen() {
        LastOutcome last = new LastOutcome(ID, "i", Outcome.FAILED, List.of(), "sweep", NOW, null);
        DomainStatus s = told(status("i", Outcome.FAILED, Map.of(0, 1L), Code.LIBVIRT_ERROR, "n"), last);

        assertThat(text(List.of(s))).contains("libvirt-error\n");
    }

    @Test
    void whatIsWellNeedsNoAdvice() {
        DomainStatus s = status("instance-00000001", Outcome.BOUND, Map.of(1, 1L), Code.NODE_OF_GPU, "g");

        assertThat(text(List.of(s))).endsWith("\n\n1 domain with a GPU: 1 bound\n");
    }

    @Test
    void oneDomainIsToldWithAllThatIsKnownOfIt() {
        DomainStatus s = status("instance-00000002", Outcome.MISALIGNED, Map.of(), Code.PLACED_BY_NOVA, "Nova chose 0");

        assertThat(StatusText.of(List.of(s), new Screen(false, Screen.USUAL_WIDTH), Optional.of(List.of()), false, NOW))
                .endsWith("""

                  uuid      5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11
                  instance  web-1
                  flavor    gpu.small
                  gpu       renderD129 0000:41:00.0
                  why       Nova chose 0 [placed-by-nova]
                """);
    }

    @Test
    void noLineIsWiderThanATerminal() {
        Map<Integer, Long> everywhere = new HashMap<>();
        for (int node = 0; node < 16; node++) {
            everywhere.put(node, 100L + node);
        }
        DomainStatus s =
                status("n".repeat(200), Outcome.MISALIGNED, everywhere, Code.MEMORY_TOO_MUCH_TO_MOVE, "m ".repeat(200));
        DomainStatus eight = new DomainStatus(
                s.uuid(),
                s.domain(),
                "w".repeat(200),
                true,
                null,
                Collections.nCopies(8, new GpuUse(GpuUse.Kind.PCI, GPU, "0000:41:00.0")),
                IdSet.range(0, 15),
                IdSet.parse("0,2,4,6,8,10,12,14"),
                IdSet.range(0, 15),
                everywhere,
                null,
                s.outcome(),
                s.reasons(),
                null);

        assertThat(text(List.of(eight)).lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100))
                .anySatisfy(line -> assertThat(line).contains("8 GPUs", "14:7% 15:7% …"));
    }

    @Test
    void aHostWithoutGuestsSaysSo() {
        assertThat(text(List.of())).isEqualTo("no domain on this host has a GPU\n");
    }

    @Test
    void namesThatATenantChoosesCannotSteerTheTerminal() {
        String evil = "a\u001b[2Jb\u009b31mc\rd\ne\u202ef\u2028g\u0000";
        DomainStatus s = status(evil, Outcome.DEFERRED, Map.of(), Code.POLICY_INVALID, "extra spec '" + evil + "'");

        String text =
                StatusText.of(List.of(s), new Screen(false, Screen.USUAL_WIDTH), Optional.of(List.of()), false, NOW);

        assertThat(text).contains("a?[2Jb?31mc?d?e?f?g?");
        assertThat(text.codePoints().filter(c -> c != '\n'))
                .noneMatch(c -> Character.getType(c) == Character.CONTROL || Character.getType(c) == Character.FORMAT);
        assertThat(text.split("\n")).hasSize(9);
    }

    @Test
    void jsonKeepsTheNamesAsTheyAre() throws Exception {
        DomainStatus s = status("a\u001b[2J", Outcome.BOUND, Map.of(0, 1L, 1, 2L), Code.NODE_OF_GPU, "g");

        String json = StatusJson.of(List.of(s), NO_DAEMON, Optional.empty());

        assertThat(json).doesNotContain("\u001b");
        assertThat(new ObjectMapper().readTree(json).toString())
                .isEqualTo(
                        ("{'daemon':{'state':'absent','text':'the daemon does not run','observeOnly':null,'causes':[]},'domains':[{'uuid':'"
                                        + ID
                                        + "','domain':'a\\u001B[2J','running':true,'instanceName':'web-1','flavor':'gpu.small','gpus':[{'kind':'render_node',"
                                        + "'address':'0000:41:00.0','text':'/dev/dri/renderD129'}],'gpuNodes':[1],'vcpuNodes':[0],"
                                        + "'emulatorNodes':[0,1],'memoryPercent':{'0':33.3,'1':66.7},"
                                        + "'renderNode':'/dev/dri/renderD129','outcome':'bound',"
                                        + "'reasons':[{'code':'node-of-gpu','text':'g'}],'lastOutcome':null}]}")
                                .replace('\'', '"'));
    }

    private static DomainStatus told(DomainStatus s, LastOutcome last) {
        return new DomainStatus(
                s.uuid(),
                s.domain(),
                s.instanceName(),
                s.running(),
                s.flavor(),
                s.gpus(),
                s.gpuNodes(),
                s.vcpuNodes(),
                s.emulatorNodes(),
                s.residentKiB(),
                s.renderNode(),
                s.outcome(),
                s.reasons(),
                last);
    }

    private static String text(List<DomainStatus> all) {
        return StatusText.of(all, new Screen(false, Screen.USUAL_WIDTH), Optional.empty(), false, NOW);
    }

    private static DomainStatus status(
            String name, Outcome outcome, Map<Integer, Long> residentKiB, Code code, String why) {
        return new DomainStatus(
                ID,
                name,
                "web-1",
                true,
                "gpu.small",
                List.of(new GpuUse(GpuUse.Kind.RENDER_NODE, GPU, "/dev/dri/renderD129")),
                IdSet.of(1),
                IdSet.of(0),
                IdSet.of(0, 1),
                residentKiB,
                "/dev/dri/renderD129",
                outcome,
                List.of(new Reason(code, why)),
                null);
    }

    private static DomainStatus off(String name) {
        return new DomainStatus(
                ID,
                name,
                null,
                false,
                null,
                List.of(),
                IdSet.empty(),
                IdSet.empty(),
                IdSet.empty(),
                Map.of(),
                null,
                Outcome.IGNORED,
                List.of(),
                null);
    }
}
