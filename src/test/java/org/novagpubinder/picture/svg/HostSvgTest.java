package org.novagpubinder.picture.svg;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.picture.svg.Drawn.Area;
import org.novagpubinder.placement.load.HostLoad;
import org.novagpubinder.testing.Machines;
import org.novagpubinder.testing.SysfsTree;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class HostSvgTest {
    @TempDir
    Path root;

    @Test
    void whereAGuestIsAndHowItStandsIsSeenByItsPlaceItsSignItsLineAndItsWord() throws Exception {
        Drawn drawn = Drawn.of(HostSvg.file(Scenes.small()));

        assertThat(drawn.texts())
                .contains("cmp-gpu-07.example.org", "2 nodes, 32 CPUs, 128 GiB, 2 GPUs, 6 GPU guests")
                .contains("node 0", "16-31", "23.0 of 64.0 GiB used", "pages of 1.0 GiB: 4 of 16 free")
                .contains("train-b · instance-00000004", "misaligned", "vCPUs on 1, memory 12% on 0, 88% on 1")
                .contains("1 not wholly beside the GPU", "1 waiting for a start", "3 beside the GPU", "1 off")
                .contains("0000:41:00.0", "renderD129", "3 guests", "not running", "21")
                .anySatisfy(t -> assertThat(t).startsWith("Not taken for GPUs").contains("0000:05:00.0 ASPEED"));
        Area misaligned = named(drawn.boxes("guest"), "instance-00000004");
        assertThat(misaligned.within(drawn.boxes("band").get(1))).isTrue();
        assertThat(named(drawn.boxes("gpu"), "0000:21:00.0")
                        .within(drawn.boxes("band").get(0)))
                .isTrue();
        List<String> lines = lines(drawn);
        assertThat(lines)
                .hasSize(5)
                .filteredOn(l -> l.contains("s-bad"))
                .singleElement()
                .asString()
                .contains("9 4");
        assertThat(lines).filteredOn(l -> l.contains("s-wait")).hasSize(1);
        assertThat(lines).filteredOn(l -> l.contains("s-good")).hasSize(3);
        assertThat(lines.get(4)).as("what is wrong is drawn over the others").contains("s-bad");
    }

    private static List<String> lines(Drawn drawn) {
        Element links = drawn.all("g").stream()
                .filter(g -> g.getAttribute("class").equals("links"))
                .findFirst()
                .orElseThrow();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < links.getChildNodes().getLength(); i++) {
            Element line = (Element) links.getChildNodes().item(i);
            lines.add(line.getAttribute("class") + " " + line.getAttribute("stroke-dasharray"));
        }
        return lines;
    }

    private static Area named(List<Area> areas, String name) {
        return areas.stream().filter(a -> a.what().contains(name)).findFirst().orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, 0",
        "1, 1, 1",
        "1, 16, 200",
        "2, 2, 3",
        "2, 16, 17",
        "2, 4, 200",
        "4, 8, 50",
        "4, 1, 200",
        "8, 16, 200",
        "8, 0, 9",
        "16, 0, 0",
        "16, 16, 0",
        "16, 16, 200",
        "16, 3, 49"
    })
    void nothingOverlapsAndNothingLeavesThePicture(int nodes, int gpus, int guests) throws Exception {
        noOverlaps(Drawn.of(HostSvg.file(Scenes.of(nodes, gpus, guests))), nodes);
    }

    private static void noOverlaps(Drawn drawn, int nodes) {
        List<Area> bands = drawn.boxes("band");
        List<Area> boxes = new ArrayList<>(drawn.boxes("guest"));
        boxes.addAll(drawn.boxes("gpu"));
        assertThat(bands).hasSizeGreaterThanOrEqualTo(nodes).allMatch(b -> b.within(drawn.canvas()));
        assertThat(boxes).allMatch(box -> bands.stream().anyMatch(box::within));
        assertThat(drawn.clips()).isNotEmpty().allMatch(c -> c.within(drawn.canvas()));
        apart(bands);
        apart(boxes);
        // lines have the room between the two columns for themselves
        double right = drawn.boxes("guest").stream()
                .mapToDouble(g -> g.x() + g.width())
                .max()
                .orElse(0);
        assertThat(drawn.boxes("gpu")).allMatch(g -> g.x() >= right + 100 || right == 0);
    }

    private static void apart(List<Area> areas) {
        for (int i = 0; i < areas.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertThat(areas.get(i).overlaps(areas.get(j)))
                        .as("%s over %s", areas.get(i), areas.get(j))
                        .isFalse();
            }
        }
    }

    @Test
    void machinesThatOneCanBuyFit() throws Exception {
        List<SysfsTree> trees = List.of(
                Machines.dgx2(root.resolve("dgx2")),
                Machines.dgxA100(root.resolve("dgxA100")),
                Machines.epycNps4(root.resolve("nps4")),
                Machines.gh200(root.resolve("gh200")),
                Machines.power9(root.resolve("power9")),
                Machines.eightSockets(root.resolve("eight")),
                Machines.xeonMax(root.resolve("max")),
                Machines.r740(root.resolve("r740")),
                Machines.memorylessNode(root.resolve("memoryless")));
        for (SysfsTree tree : trees) {
            HostTopology host = new HostReader(tree.root(), List.of()).read(java.util.Set.of());
            List<DomainStatus> guests = Scenes.guests(host, 40);
            noOverlaps(Drawn.of(HostSvg.file(Scenes.picture(tree.root().toString(), host, guests))), 1);
            noOverlaps(Drawn.of(HostSvg.file(Scenes.picture(tree.root().toString(), host, List.of()))), 1);
        }
    }

    @Test
    void manyGuestsAreToldOfTogetherButNoneThatIsWorseThanTheOthers() throws Exception {
        HostPicture picture = Scenes.of(2, 4, 200);
        Drawn drawn = Drawn.of(HostSvg.file(picture));

        int shown = drawn.boxes("guest").size();
        assertThat(shown).isBetween(20, 48);
        long told = drawn.texts().stream()
                .filter(t -> t.matches("\\+\\d+ more"))
                .mapToLong(t -> Long.parseLong(t.replaceAll("\\D", "")))
                .sum();
        long groups =
                drawn.texts().stream().filter(t -> t.matches("\\+\\d+ more")).count();
        assertThat(told + shown - groups).isEqualTo(200);
        assertThat(Layout.of(picture, 0).bands())
                .filteredOn(band -> band.others() != null)
                .isNotEmpty()
                .allSatisfy(band -> assertThat(worst(band.others().what()))
                        .isGreaterThanOrEqualTo(
                                best(band.guests().stream().map(Band.Seat::what).toList())));
    }

    @Test
    void ofManyGuestsOnlyThoseInTroubleHaveALineAndTheOthersANumberForEachTwoNodes() throws Exception {
        HostPicture picture = Scenes.of(8, 16, 200);
        Drawn drawn = Drawn.of(HostSvg.file(picture));

        List<String> lines = lines(drawn);
        assertThat(lines).isNotEmpty().noneMatch(line -> line.contains("s-good"));
        List<String> bundles = drawn.all("g").stream()
                .filter(g -> g.getAttribute("class").equals("bundle"))
                .map(Element::getTextContent)
                .toList();
        assertThat(bundles).anyMatch(b -> b.matches("\\d+ guests on node 0, GPUs on node 0\\d+"));
        long told = bundles.stream()
                .mapToLong(b -> Long.parseLong(b.substring(0, b.indexOf(' '))))
                .sum();
        assertThat(told + lines.size())
                .isEqualTo(picture.guests().stream()
                        .filter(DomainStatus::running)
                        .filter(g -> AlignmentState.of(g.outcome()).compareTo(AlignmentState.BESIDE) <= 0)
                        .count());
    }

    @Test
    void theLinesThatAreDrawnAreExplainedAndNoOthers() throws Exception {
        assertThat(key(Scenes.small()))
                .containsExactly(LineKey.LEAD, "not wholly beside the GPU", "waiting for a start", "beside the GPU");
        assertThat(key(Scenes.of(8, 16, 200)))
                .containsExactly(
                        LineKey.LEAD,
                        "refused or failed or not wholly beside the GPU",
                        "waiting for a start",
                        "beside the GPU",
                        "7",
                        "so many guests of one node");
        HostPicture small = Scenes.small();
        List<DomainStatus> off =
                small.guests().stream().filter(g -> !g.running()).toList();
        assertThat(key(Scenes.picture("h", small.topology(), off))).isEmpty();
    }

    @Test
    void headsOfColumnsStandApart() throws Exception {
        Drawn drawn = Drawn.of(HostSvg.file(Scenes.of(2, 8, 40)));
        Svg.Lettering head = Svg.Lettering.of(11, Palette.DIM).strong();
        List<Area> heads = drawn.all("text").stream()
                .filter(t -> t.getAttribute("font-size").equals("11"))
                .filter(t -> t.getTextContent().matches("[A-Z ,:]+"))
                .map(t -> {
                    double x = Double.parseDouble(t.getAttribute("x"));
                    double y = Double.parseDouble(t.getAttribute("y"));
                    double width = head.width(t.getTextContent());
                    double left = t.getAttribute("text-anchor").equals("end") ? x - width : x;
                    return new Area(t.getTextContent(), left, y - 11, width + 6, 11);
                })
                .toList();

        assertThat(heads).hasSizeGreaterThan(6);
        apart(heads);
    }

    /** What the key of the lines says; each kind of line that it shows is one that is drawn, and each that is drawn is there. */
    private static List<String> key(HostPicture picture) throws Exception {
        Drawn drawn = Drawn.of(HostSvg.file(picture));
        List<Element> keys = drawn.all("g").stream()
                .filter(g -> g.getAttribute("class").equals("key"))
                .toList();
        Set<String> explained = new HashSet<>();
        keys.forEach(k -> explained.addAll(paths(k)));
        Set<String> there = new HashSet<>();
        drawn.all("g").stream()
                .filter(g -> Set.of("links", "bundle").contains(g.getAttribute("class")))
                .forEach(g -> there.addAll(paths(g)));
        assertThat(explained).isEqualTo(there);
        List<String> texts = new ArrayList<>();
        for (Element key : keys) {
            NodeList all = key.getElementsByTagName("text");
            for (int i = 0; i < all.getLength(); i++) {
                texts.add(all.item(i).getTextContent());
            }
        }
        return texts;
    }

    private static Set<String> paths(Element group) {
        NodeList all = group.getElementsByTagName("path");
        Set<String> kinds = new HashSet<>();
        for (int i = 0; i < all.getLength(); i++) {
            Element line = (Element) all.item(i);
            kinds.add(line.getAttribute("class") + " " + line.getAttribute("stroke-dasharray"));
        }
        return kinds;
    }

    @ParameterizedTest
    @CsvSource({"16, 3, 49, 1000", "16, 0, 0, 1000", "16, 16, 200, 1250"})
    void sixteenNodesFitAScreen(int nodes, int gpus, int guests, int height) {
        HostPicture picture = Scenes.of(nodes, gpus, guests);
        assertThat(Layout.of(picture, 0).bottom()).isLessThan(height);
    }

    @Test
    void guestsThatAreNotTheSameNeverLookTheSame() throws Exception {
        HostPicture p = Scenes.small();
        List<DomainStatus> guests = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String ends = "render-farm-of-the-department-of-fluid-dynamics-worker-" + i;
            guests.add(Scenes.named(i, i < 10 ? ends : "the same very long name of many guests " + "x".repeat(60)));
        }
        List<String> names = Drawn.of(HostSvg.file(Scenes.picture("h", p.topology(), guests))).texts().stream()
                .filter(t -> t.startsWith("render-") || t.startsWith("the same"))
                .toList();

        assertThat(names).hasSize(15).doesNotHaveDuplicates().allMatch(n -> n.contains("…"));
        assertThat(names)
                .filteredOn(n -> n.startsWith("render"))
                .allMatch(n -> n.matches("render-.*…[a-z]*er-[0-9] · …[0-9a-f]{4}"));
    }

    @Test
    void aNodeTellsItsVcpusAndWhatAGuestCanHaveOfItsGpus() throws Exception {
        Drawn drawn = Drawn.of(HostSvg.file(Scenes.of(2, 12, 3)));

        assertThat(drawn.texts()).contains("4 vCPUs on 32 CPUs", "2 vCPUs on 32 CPUs");
        assertThat(drawn.all("title").stream().map(Element::getTextContent))
                .contains("2 of 2 GPUs or parts of GPUs that a guest can have are in use")
                .contains("1 of 2 GPUs or parts of GPUs that a guest can have are in use");
    }

    private static AlignmentState worst(List<DomainStatus> guests) {
        return guests.stream()
                .map(g -> AlignmentState.of(g.outcome()))
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static AlignmentState best(List<DomainStatus> guests) {
        return guests.stream()
                .map(g -> AlignmentState.of(g.outcome()))
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    @Test
    void namesOfOthersStayTextInTheirPlace() throws Exception {
        String svg = HostSvg.file(Scenes.hostile());
        Drawn drawn = Drawn.of(svg);

        assertThat(drawn.all("script")).isEmpty();
        assertThat(drawn.all("img")).isEmpty();
        assertThat(drawn.all("style")).hasSize(1);
        assertThat(svg).doesNotContainPattern("on[a-z]+=\"").doesNotContain("href", "javascript:");
        assertThat(svg.codePoints().filter(c -> c != '\n'))
                .noneMatch(c -> Character.getType(c) == Character.CONTROL
                        || Character.getType(c) == Character.FORMAT
                        || Character.getType(c) == Character.SURROGATE
                        || Character.getType(c) == Character.UNASSIGNED);
        assertThat(drawn.texts()).anySatisfy(t -> assertThat(t).contains("<script>alert(1)</script>"));
        noOverlaps(drawn, 2);
        assertThat(svg.getBytes(StandardCharsets.UTF_8).length).isLessThan(60_000);
    }

    @Test
    void whatIsCutShowsInFullWhenOnePointsAtIt() throws Exception {
        Drawn drawn = Drawn.of(HostSvg.file(Scenes.hostile()));

        assertThat(drawn.all("title").stream().map(Element::getTextContent))
                .anySatisfy(t -> assertThat(t).contains("W".repeat(200)));
        assertThat(drawn.texts()).noneSatisfy(t -> assertThat(t).contains("W".repeat(40)));
    }

    @Test
    void nothingIsLoadedFromElsewhere() {
        String svg = HostSvg.file(Scenes.of(4, 8, 50));

        assertThat(svg.replace("xmlns=\"http://www.w3.org/2000/svg\"", ""))
                .doesNotContain("http", "url(", "@import", "@font-face", "<image", "<use", " style=");
    }

    @Test
    void theReadmeShowsWhatIsDrawn() throws Exception {
        Path shown = Path.of("src/docs/host.svg");
        String drawn = HostSvg.file(Scenes.small());
        if (Boolean.getBoolean("picture.write")) {
            Files.writeString(shown, drawn);
        }

        assertThat(shown)
                .as("written anew by mvn test -Dtest=HostSvgTest -Dpicture.write=true")
                .content()
                .isEqualTo(drawn);
    }

    @Test
    void whoSeesDarkSeesDark() {
        assertThat(HostSvg.file(Scenes.small()))
                .contains("@media (prefers-color-scheme:dark){.pic .f-back{fill:" + Palette.BACK.dark);
    }

    @Test
    void textsAndSignsHaveEnoughContrastInLightAndInDark() {
        List<Palette> grounds = List.of(Palette.BACK, Palette.CARD, Palette.BOX);
        for (Palette ground : grounds) {
            for (Palette ink : List.of(Palette.TEXT, Palette.DIM, Palette.GOOD, Palette.WAIT, Palette.BAD)) {
                assertThat(contrast(ink.light, ground.light))
                        .as("%s on %s", ink, ground)
                        .isGreaterThanOrEqualTo(4.5);
                assertThat(contrast(ink.dark, ground.dark))
                        .as("%s on %s, dark", ink, ground)
                        .isGreaterThanOrEqualTo(4.5);
            }
            assertThat(contrast(Palette.ACCENT.light, ground.light)).isGreaterThanOrEqualTo(3);
            assertThat(contrast(Palette.ACCENT.dark, ground.dark)).isGreaterThanOrEqualTo(3);
        }
    }

    /** WCAG 2's contrast ratio. */
    private static double contrast(String a, String b) {
        double one = luminance(a) + 0.05;
        double other = luminance(b) + 0.05;
        return Math.max(one, other) / Math.min(one, other);
    }

    private static double luminance(String hex) {
        assertThat(hex).matches(Pattern.compile("#[0-9a-f]{6}"));
        int rgb = Integer.parseInt(hex.substring(1), 16);
        return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8 & 255) + 0.0722 * linear(rgb & 255);
    }

    private static double linear(int channel) {
        double c = channel / 255.0;
        return c <= 0.03928 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }

    @Test
    void aHostOfWhichNothingIsKnownIsAPictureToo() throws Exception {
        HostPicture small = Scenes.small();
        HostTopology nothing = new HostTopology(
                List.of(), List.of(), List.of(), java.util.Map.of(), org.novagpubinder.host.topology.IdSet.empty(), 0);
        HostPicture blank = new HostPicture(
                "h",
                nothing,
                java.util.Map.of(),
                HostLoad.NONE,
                List.of(),
                "libvirt is away",
                List.of(),
                java.util.Map.of(),
                null,
                small.at());

        assertThat(Drawn.of(HostSvg.file(blank)).texts()).contains("libvirt is away");
    }
}
