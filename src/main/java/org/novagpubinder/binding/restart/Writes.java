package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import java.util.Map;
import java.util.Optional;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.libvirt.Activity;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.start.UnseenWrites;

/** Whether a guest has written anything that outlives it. What cannot be looked at may have been written. */
public record Writes(UnseenWrites unseen) {
    /**
     * What a guest may send and still count as one that has written nothing: addresses are asked for, a name is looked up.
     * Whoever has a disk elsewhere sends more.
     */
    static final long MOST_SENT = 64 * 1024;

    @Inject
    public Writes {}

    /** By what the guest could have written unseen; empty if by nothing. Asks libvirt nothing. */
    public Optional<Reason> unseen(DomainDefinition d) {
        return unseen.by(d).map(devices -> notTold("it has " + devices));
    }

    /** That the guest has written, or that libvirt does not tell whether; empty if it has not. */
    Optional<Reason> counted(DomainDefinition d, Activity activity) {
        for (String disk : d.writeWays().disks()) {
            if (activity.writtenBytes().get(disk) == null) {
                return unknown("libvirt does not tell of disk " + disk);
            }
        }
        // what was plugged in since the XML was read counts as well
        long written = sum(activity.writtenBytes());
        if (written > 0) {
            return Code.HAS_WRITTEN.because("it has written " + written + " bytes to its disks since it started");
        }
        for (String name : d.writeWays().interfaces()) {
            if (activity.sentBytes().get(name) == null) {
                return unknown("libvirt does not tell of network interface " + name);
            }
        }
        long sent = sum(activity.sentBytes());
        return sent <= MOST_SENT
                ? Optional.empty()
                : Code.HAS_WRITTEN.because(
                        "it has sent " + sent / 1024 + " KiB over its network since it started, more than "
                                + MOST_SENT / 1024 + ": it may have written there");
    }

    /** For want of an answer of libvirt's. */
    static Reason notTold(String why) {
        return new Reason(Code.MAY_HAVE_WRITTEN, "whether it has written anything is not known: " + why);
    }

    private static Optional<Reason> unknown(String why) {
        return Optional.of(notTold(why));
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
