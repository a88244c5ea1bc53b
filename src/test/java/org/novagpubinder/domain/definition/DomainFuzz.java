package org.novagpubinder.domain.definition;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.definition.DomainEdit.DisplayChange;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.XmlMeaning;

/**
 * Any text is a domain or {@link InvalidDomainXml}. An edit of one that can be read is well-formed, means what was wanted,
 * and differs nowhere else; taking the binding off gives back what was there.
 */
public final class DomainFuzz {
    private static final DomainXml XML = new DomainXml();
    private static final int MOST_VCPUS = 8;

    private DomainFuzz() {}

    /** One input; what the edit is follows from it too. */
    public static void fuzzerTestOneInput(byte[] text) throws Exception {
        String original = new String(text, StandardCharsets.UTF_8);
        DomainDefinition before;
        try {
            XML.startNeeds(original);
            before = XML.read(original);
        } catch (InvalidDomainXml refused) {
            return;
        }
        if (before.record() != null && !known(before.record())) {
            // a newer version's, or none: the binder leaves the domain alone, or counts it as never bound
            return;
        }
        Random random = new Random(Arrays.hashCode(text));
        boolean add = before.display() == null && before.virtioVideo() && random.nextBoolean();
        Tuning set = some(before, random, add || before.display() != null);
        BindingRecord record = record(before, set, add);
        String bound = XML.edit(
                original,
                new DomainEdit(
                        before.tuning().with(set),
                        add ? DisplayChange.ADD : DisplayChange.KEEP,
                        RecordXml.write(record)));
        DomainDefinition after = XML.read(bound);
        require(after.tuning().only(set).equals(set), "means something else", original, bound);
        require(XmlMeaning.sameElsewhere(original, bound), "differs elsewhere", original, bound);
        require(record.equals(RecordXml.found(after.record()).orElse(null)), "lost the record", original, bound);

        String released = XML.edit(bound, DomainEdit.undoing(record, after.tuning(), before.record()));
        require(
                XML.read(released).equals(before) && XmlMeaning.sameElsewhere(original, released),
                "does not come back",
                original,
                released);
    }

    private static boolean known(String record) {
        RecordXml.Reading reading = RecordXml.read(record);
        return reading.found().isPresent() && reading.unknown().isEmpty();
    }

    private static void require(boolean holds, String what, String before, String after) {
        if (!holds) {
            throw new AssertionError("the edit " + what + "; before:\n" + before + "\nafter:\n" + after);
        }
    }

    private static BindingRecord record(DomainDefinition d, Tuning set, boolean displayAdded) {
        return new BindingRecord(
                "1.0",
                "cmp-a",
                Instant.EPOCH,
                State.SET,
                Outcome.BOUND,
                List.of("chosen"),
                IdSet.of(1),
                set,
                d.tuning().only(set),
                displayAdded,
                d.video(),
                Map.of("gpu_binder:policy", "required"),
                0,
                null,
                null,
                0,
                null);
    }

    private static Tuning some(DomainDefinition d, Random random, boolean canShow) {
        Map<Integer, IdSet> vcpus = new HashMap<>();
        for (int v = 0; v < Math.min(d.vcpus(), MOST_VCPUS); v++) {
            vcpus.put(v, set(random));
        }
        Map<Integer, IdSet> iothreads = new HashMap<>();
        d.iothreads().stream().limit(MOST_VCPUS).forEach(i -> iothreads.put(i, set(random)));
        Map<Integer, MemoryPlacement> memnodes = new HashMap<>();
        d.cells().stream().limit(MOST_VCPUS).forEach(cell -> memnodes.put(cell.id(), memory(random)));
        return new Tuning(
                random.nextBoolean() ? vcpus : Map.of(),
                random.nextBoolean() ? set(random) : null,
                random.nextBoolean() ? iothreads : Map.of(),
                random.nextBoolean() ? memory(random) : null,
                random.nextBoolean() ? memnodes : Map.of(),
                renderNode(random, canShow));
    }

    private static @Nullable String renderNode(Random random, boolean canShow) {
        return canShow && random.nextBoolean() ? "/dev/dri/renderD" + (128 + random.nextInt(3)) : null;
    }

    private static MemoryPlacement memory(Random random) {
        MemoryMode[] modes = MemoryMode.values();
        return new MemoryPlacement(modes[random.nextInt(modes.length)], set(random));
    }

    private static IdSet set(Random random) {
        int first = random.nextInt(8);
        return IdSet.range(first, first + random.nextInt(4));
    }
}
