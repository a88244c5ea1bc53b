package org.novagpubinder.domain.libvirt;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a domain is doing and has done since it started, as libvirt counts it.
 *
 * @param state whether its CPUs run
 * @param writtenBytes bytes written, by the disk's target name (vda); without the disks of which libvirt tells nothing
 * @param sentBytes bytes that the guest has sent, by the network interface's name on the host; without those of which libvirt
 *     tells nothing. A tap that is older than the guest counts from its own beginning
 * @param underWay jobs that a stop would break, a state of before that it goes on from, and a saved one that a start would go by
 *     instead of the definition; each in words that go on "it has …"
 * @param blockJob whether one of those is a block job, as while a disk is copied
 */
public record Activity(
        State state,
        Map<String, Long> writtenBytes,
        Map<String, Long> sentBytes,
        List<String> underWay,
        boolean blockJob) {
    public Activity {
        writtenBytes = Map.copyOf(writtenBytes);
        sentBytes = Map.copyOf(sentBytes);
        underWay = List.copyOf(underWay);
    }

    /** virDomainState, in its order. */
    public enum State {
        NOSTATE,
        RUNNING,
        BLOCKED,
        /** Paused by Nova or by somebody else, or for the moment by a snapshot or a migration. */
        PAUSED,
        SHUTDOWN,
        SHUTOFF,
        CRASHED,
        /** Suspended by itself: its CPUs stand, its memory holds all that it was doing. */
        PMSUSPENDED,
        UNKNOWN;

        /** The word as virsh has it. */
        public String word() {
            return switch (this) {
                case NOSTATE -> "in no state";
                case SHUTDOWN -> "shutting down";
                case SHUTOFF -> "shut off";
                default -> name().toLowerCase(Locale.ROOT);
            };
        }

        public static State of(int libvirts) {
            State[] all = values();
            return libvirts >= 0 && libvirts < all.length ? all[libvirts] : UNKNOWN;
        }
    }
}
