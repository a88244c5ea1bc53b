package org.novagpubinder.domain.connection;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.novagpubinder.domain.libvirt.Activity;
import org.novagpubinder.domain.libvirt.Activity.State;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;

/**
 * virDomainListGetStats of one domain: in one call what else takes one for the state, each disk and each interface. What it does
 * not tell, jobs, is asked for disk by disk.
 */
final class StatsCall {
    private static final int STATS = VirExtra.STATS_STATE | VirExtra.STATS_INTERFACE | VirExtra.STATS_BLOCK;

    /** struct _virTypedParameter: char field[80], int type, an union of eight bytes (libvirt-common.h). */
    private static final int FIELD_LENGTH = 80;

    private static final int VALUE_AT = 88;
    private static final int PARAMETER_SIZE = 96;
    private static final int STRING = 7;

    /** struct _virDomainJobInfo has 96 bytes, struct _virDomainBlockJobInfo 32. */
    private static final int INFO_SIZE = 128;

    private static final int JOB_NONE = 0;

    /**
     * In virDomainRunningReason: unknown, booted, unpaused. Not by its arguments, but by this alone a guest is known that libvirt
     * reverts to an internal snapshot with QEMU's snapshot-load.
     */
    private static final Set<Long> FIRST_RUN = Set.of(0L, 1L, 5L);

    private final Map<String, Long> numbers = new HashMap<>();
    private final Map<String, String> texts = new HashMap<>();
    private boolean blockJob;

    private StatsCall(Pointer parameters, int count) {
        for (int i = 0; i < count; i++) {
            Pointer p = parameters.share((long) i * PARAMETER_SIZE, PARAMETER_SIZE);
            String field = Native.toString(p.getByteArray(0, FIELD_LENGTH), StandardCharsets.US_ASCII.name());
            int type = p.getInt(FIELD_LENGTH);
            if (type == STRING) {
                Pointer text = p.getPointer(VALUE_AT);
                texts.put(field, text == null ? "" : text.getString(0, StandardCharsets.UTF_8.name()));
            } else if (type == 3 || type == 4) {
                // llong, ullong
                numbers.put(field, p.getLong(VALUE_AT));
            } else if (type == 1 || type == 2) {
                // int, uint
                numbers.put(field, (long) p.getInt(VALUE_AT));
            }
        }
    }

    static Activity activity(LibvirtDomain d) throws LibvirtFailure {
        PointerByReference result = new PointerByReference();
        try (Memory domains = new Memory(2L * Native.POINTER_SIZE)) {
            domains.setPointer(0, d.pointer().getPointer());
            domains.setPointer(Native.POINTER_SIZE, Pointer.NULL);
            int count = d.check(
                    "cannot read the statistics", d.library().extra().virDomainListGetStats(domains, STATS, result, 0));
            Pointer records = result.getValue();
            try {
                if (count != 1) {
                    // the driver leaves out a domain that has gone meanwhile
                    throw new LibvirtFailure(Kind.NO_DOMAIN, 0, "no domain " + d.uuid());
                }
                // struct _virDomainStatsRecord: the domain, the parameters, their count
                Pointer record = records.getPointer(0);
                return new StatsCall(record.getPointer(Native.POINTER_SIZE), record.getInt(2L * Native.POINTER_SIZE))
                        .counted(d);
            } finally {
                if (records != null) {
                    d.library().extra().virDomainStatsRecordListFree(records);
                }
            }
        }
    }

    private Activity counted(LibvirtDomain d) throws LibvirtFailure {
        State state = State.of(numbers.getOrDefault("state.state", -1L).intValue());
        List<String> underWay = underWay(d, state != State.SHUTOFF);
        if (state == State.RUNNING && !FIRST_RUN.contains(numbers.getOrDefault("state.reason", 0L))) {
            underWay.add("a life before this start, or a save or migration that was given up");
        }
        return new Activity(state, by("block", "wr.bytes"), by("net", "tx.bytes"), underWay, blockJob);
    }

    private List<String> underWay(LibvirtDomain d, boolean runs) throws LibvirtFailure {
        List<String> found = runs ? jobs(d) : new ArrayList<>();
        if (d.check("cannot ask for a saved state", d.library().extra().virDomainHasManagedSaveImage(d.pointer(), 0))
                > 0) {
            found.add("a saved state that its next start would go on from");
        }
        return found;
    }

    /** A pull or a commit shows neither in the XML nor as a job of the domain's; a pushed backup is both kinds of job. */
    private List<String> jobs(LibvirtDomain d) throws LibvirtFailure {
        VirExtra libvirt = d.library().extra();
        List<String> found = new ArrayList<>();
        try (Memory info = new Memory(INFO_SIZE)) {
            d.check("cannot ask for its job", libvirt.virDomainGetJobInfo(d.pointer(), info));
            if (info.getInt(0) != JOB_NONE) {
                found.add("a job of libvirt's under way (a backup, snapshot, dump, save or migration)");
            }
            for (String disk : things("block").values()) {
                int jobs = libvirt.virDomainGetBlockJobInfo(d.pointer(), disk, info, 0);
                if (d.check("cannot ask for block jobs on " + disk, jobs) > 0) {
                    found.add("a block job on disk " + disk);
                    blockJob = true;
                }
            }
        }
        return found;
    }

    /** The names of a group's things, by what the fields of each begin with. */
    private Map<String, String> things(String group) {
        Map<String, String> names = new LinkedHashMap<>();
        long count = numbers.getOrDefault(group + ".count", 0L);
        for (long i = 0; i < count; i++) {
            String fields = group + "." + i + ".";
            String name = texts.get(fields + "name");
            if (name != null) {
                names.put(fields, name);
            }
        }
        return names;
    }

    /** The number of that name of each thing of a group, by the thing's name. */
    private Map<String, Long> by(String group, String number) {
        Map<String, Long> found = new HashMap<>();
        things(group).forEach((fields, name) -> {
            Long value = numbers.get(fields + number);
            if (value != null) {
                found.merge(name, value, Long::sum);
            }
        });
        return found;
    }
}
