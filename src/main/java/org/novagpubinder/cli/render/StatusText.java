package org.novagpubinder.cli.render;

import static org.novagpubinder.host.topology.Quantity.counted;
import static org.novagpubinder.placement.model.Outcome.UNWELL;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.binding.report.LastOutcome;
import org.novagpubinder.binding.report.MemoryShares;
import org.novagpubinder.cli.terminal.Box;
import org.novagpubinder.cli.terminal.Prose;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.cli.terminal.Style;
import org.novagpubinder.cli.terminal.Table;
import org.novagpubinder.host.common.Printable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.passthrough.PassedThrough.Neighbor;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;

/** {@code status} for people: one line a domain, what is wrong marked; a last line that sums up; pure. */
public final class StatusText {
    /** Nova's names are 17 long. */
    private static final int NAME = 24;

    private static final int LEAST_NAME = 12;

    /** Of a set of nodes. */
    private static final int SET = 8;

    /** More nodes than these make a column that nobody reads. */
    private static final int MOST_NODES = 2;

    private StatusText() {}

    /**
     * All of them.
     *
     * @param neighbors of the only one, of which all is told; empty for many
     * @param wide whether nothing is cut, however wide that gets
     */
    public static String of(
            List<DomainStatus> all, Screen screen, Optional<List<Neighbor>> neighbors, boolean wide, Instant now) {
        if (all.isEmpty()) {
            return "no domain on this host has a GPU\n";
        }
        // a line each if that fits; else two, and what has room in no way is cut
        String text = oneLineEach(all, screen, wide, now).orElseGet(() -> twoLinesEach(all, screen, now));
        return text + "\n"
                + neighbors.map(n -> StatusDetails.of(all.get(0), n, now)).orElseGet(() -> sum(all, screen));
    }

    private static Optional<String> oneLineEach(List<DomainStatus> all, Screen screen, boolean wide, Instant now) {
        int most = wide ? Integer.MAX_VALUE : NAME;
        Table table = new Table("  DOMAIN", "INSTANCE", "UUID", "GPU", "GPU NODE", "VCPUS", "MEMORY", "OUTCOME", "WHY");
        for (DomainStatus s : all) {
            table.row(Stream.of(
                            Stream.of(
                                    domain(s, most),
                                    called(s, most),
                                    wide ? s.uuid().toString() : start(s)),
                            standing(s).stream(),
                            Stream.of(why(s, now)))
                    .flatMap(x -> x)
                    .toArray(String[]::new));
        }
        String text = table.text(
                wide ? Integer.MAX_VALUE : screen.width(),
                (row, line) ->
                        row == 0 ? Style.BOLD.of(line, screen.color()) : painted(all.get(row - 1), line, screen));
        return wide || !tooWide(table, screen.width(), screen) ? Optional.of(text) : Optional.empty();
    }

    private static String twoLinesEach(List<DomainStatus> all, Screen screen, Instant now) {
        Table table = firstLines(all, NAME);
        for (int name = NAME - 1; name >= LEAST_NAME && tooWide(table, Integer.MAX_VALUE, screen); name--) {
            table = firstLines(all, name);
        }
        return table.text(Integer.MAX_VALUE, (row, line) -> {
            if (row == 0) {
                return Style.BOLD.of(line, screen.color());
            }
            DomainStatus s = all.get(row - 1);
            String second = Prose.hanging(
                            "    ",
                            Stream.of(called(s, NAME), start(s), why(s, now))
                                    .filter(word -> !word.isEmpty() && !word.equals("-"))
                                    .collect(Collectors.joining("  ")),
                            screen.width())
                    .stripTrailing();
            return painted(s, line, screen) + "\n"
                    + Style.of(s.outcome()).of(second, screen.color() && Style.of(s.outcome()) != Style.GOOD);
        });
    }

    private static Table firstLines(List<DomainStatus> all, int name) {
        Table table = new Table("  DOMAIN", "GPU", "GPU NODE", "VCPUS", "MEMORY", "OUTCOME");
        for (DomainStatus s : all) {
            table.row(Stream.concat(Stream.of(domain(s, name)), standing(s).stream())
                    .toArray(String[]::new));
        }
        return table;
    }

    private static String domain(DomainStatus s, int most) {
        return sign(s.outcome()) + " " + Box.cut(s.domain(), most);
    }

    /** What its owner calls it. */
    private static String called(DomainStatus s, int most) {
        return s.instanceName() == null ? "-" : Box.cut(s.instanceName(), most);
    }

    /** As much of the UUID as people read out. */
    private static String start(DomainStatus s) {
        return s.uuid().toString().substring(0, 8);
    }

    private static List<String> standing(DomainStatus s) {
        return List.of(
                gpus(s.gpus()),
                set(s.gpuNodes(), "?"),
                s.running() ? set(s.vcpuNodes(), "-") : "off",
                memory(s.residentKiB()),
                s.outcome().word());
    }

    private static String why(DomainStatus s, Instant now) {
        return s.reasons().isEmpty()
                ? ""
                : s.reasons().get(0).code().word()
                        + stood(s, now).map(time -> ", for " + time).orElse("");
    }

    /** For how long a guest has not been as it should, if the daemon has seen that; not of one that has just become so. */
    static Optional<String> stood(DomainStatus s, Instant now) {
        LastOutcome last = s.last();
        if (last == null || last.since() == null || last.outcome() != s.outcome() || !UNWELL.contains(s.outcome())) {
            return Optional.empty();
        }
        return Optional.of(Duration.between(last.since(), now))
                .filter(stood -> stood.toMinutes() > 0)
                .map(Quantity::time);
    }

    /** What holds for the whole host. */
    public static String host(Reason why, boolean color) {
        return Style.of(Outcome.FAILED)
                        .of(Printable.of(why.text()) + " [" + why.code().word() + "]", color) + "\n";
    }

    /** What is worth a warning about the daemon. */
    public static String remark(String words, boolean color) {
        return Style.of(Outcome.MISALIGNED).of(Printable.of(words), color) + "\n";
    }

    private static boolean tooWide(Table table, int width, Screen screen) {
        return table.text(width, (row, line) -> line).lines().anyMatch(line -> line.length() > screen.width());
    }

    /** The line of a guest that is well stays quiet, so that the others jump out. */
    private static String painted(DomainStatus s, String line, Screen screen) {
        Outcome outcome = s.outcome();
        boolean color = screen.color();
        String sign = sign(outcome);
        return Style.of(outcome) == Style.GOOD && line.startsWith(sign)
                ? Style.GOOD.of(sign, color) + line.substring(sign.length())
                : Style.of(outcome).of(line, color && Style.of(outcome) != Style.GOOD);
    }

    private static String sign(Outcome outcome) {
        return switch (outcome) {
            case MISALIGNED, FAILED, REFUSED -> "✗";
            case DEFERRED -> "…";
            case BOUND, ALIGNED -> "✓";
            case OFF, IGNORED -> " ";
        };
    }

    private static String gpus(List<GpuUse> gpus) {
        return switch (gpus.size()) {
            case 0 -> "-";
            case 1 -> Box.cut(gpu(gpus.get(0)), NAME);
            default -> gpus.size() + " GPUs";
        };
    }

    static String gpu(GpuUse use) {
        String text = use.text() == null ? "?" : use.text();
        return switch (use.kind()) {
            case RENDER_NODE -> text.replace("/dev/dri/", "");
            case PCI -> text;
            case MDEV -> "mdev " + text.substring(0, Math.min(8, text.length()));
        };
    }

    private static String set(IdSet nodes, String none) {
        return nodes.isEmpty() ? none : Box.cut(nodes.toString(), SET);
    }

    /** Its memory by node such as "0:25% 1:75%"; "-" if that is not known. */
    static String memory(Map<Integer, Long> residentKiB) {
        Map<Integer, Long> percent = MemoryShares.percent(residentKiB);
        if (percent.isEmpty()) {
            return "-";
        }
        String most = percent.keySet().stream()
                .sorted(Comparator.comparing(residentKiB::get, Comparator.reverseOrder()))
                .limit(MOST_NODES)
                .sorted()
                .map(node -> node + ":" + percent.get(node) + "%")
                .collect(Collectors.joining(" "));
        return most + (percent.size() > MOST_NODES ? " …" : "");
    }

    /** How many stand how, worst first, in the colour of the worst; the advice on a line of its own where the screen ends. */
    private static String sum(List<DomainStatus> all, Screen screen) {
        Map<Outcome, Long> counts = all.stream()
                .collect(Collectors.groupingBy(
                        DomainStatus::outcome, () -> new EnumMap<>(Outcome.class), Collectors.counting()));
        // those that are no worry are not in that list: they come last, as they are declared
        List<Outcome> there = counts.keySet().stream()
                .sorted(Comparator.comparingInt(o -> -UNWELL.indexOf(o)))
                .toList();
        String each = there.stream().map(o -> counts.get(o) + " " + o.word()).collect(Collectors.joining(", "));
        Style worst = Style.of(there.get(0));
        String sum = Prose.hanging("", counted(all.size(), "domain") + " with a GPU: " + each, screen.width())
                .stripTrailing();
        String told = worst.of(sum, screen.color());
        if (worst == Style.GOOD || worst == Style.PLAIN) {
            return told + "\n";
        }
        String more = "`status DOMAIN` tells why\n";
        return told + (sum.length() + 1 + more.length() <= screen.width() ? "; " : "\n") + more;
    }
}
