package org.novagpubinder.binding.restart;

import java.util.Optional;
import org.novagpubinder.binding.definition.RestartMark;
import org.novagpubinder.binding.restart.RecentRestarts.Restart;
import org.novagpubinder.domain.libvirt.Libvirt.WhyOff;

/**
 * Why a guest that is off with the mark of a restart is not started. Nothing is asked for it.
 *
 * @param why in words
 * @param lost whether an operator has to know: the guest may be wanted, and a daemon before this one has left it off
 */
record LeftOff(String why, boolean lost) {
    /**
     * Empty if it is to be started, unless Nova wants it off.
     *
     * @param restart this daemon's own restart of it; empty if another daemon has stopped it
     */
    static Optional<LeftOff> of(RestartMark.Meaning meaning, WhyOff whyOff, Optional<Restart> restart) {
        return (restart.isPresent() ? Optional.<LeftOff>empty() : lost(meaning, whyOff))
                .or(() -> Optional.of(stays(meaning, whyOff, restart))
                        .filter(why -> !why.isEmpty())
                        .map(why -> new LeftOff(why, false)));
    }

    private static Optional<LeftOff> lost(RestartMark.Meaning meaning, WhyOff whyOff) {
        boolean unknown = whyOff == WhyOff.UNKNOWN;
        return switch (meaning) {
            case LONG_AGO ->
                unknown || whyOff == WhyOff.STOPPED
                        ? Optional.of(
                                new LeftOff("it was too long ago: Nova may have started it elsewhere since", true))
                        : Optional.empty();
            // a define in the moment of its deletion has brought it back, if libvirt was not restarted
            case HALF_DONE ->
                unknown
                        ? Optional.of(new LeftOff(
                                "libvirt does not tell how it went off, for it was started anew as well (or Nova has"
                                        + " deleted the instance)",
                                true))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** In words that follow its name; empty if it is to be started. */
    private static String stays(RestartMark.Meaning meaning, WhyOff whyOff, Optional<Restart> restart) {
        return switch (meaning) {
            case EARLIER_BOOT -> "was being restarted before the host's last boot, or left to Nova then";
            case LONG_AGO -> "was being restarted too long ago: Nova decides whether it is to run";
            default ->
                restart.filter(Restart::abandoned).isPresent()
                        ? "was stopped by somebody else"
                        // only the daemon that wanted it stopped knows that this may be its late end
                        : whyOff == WhyOff.SHUT_DOWN
                                        && restart.filter(o -> !o.ran()).isPresent()
                                ? ""
                                : byItself(whyOff);
        };
    }

    /** What has become of a guest that no restart and no operator has stopped; in words, empty if one may have. */
    static String byItself(WhyOff why) {
        return switch (why) {
            case RUNS -> "runs again";
            case SHUT_DOWN -> "has powered itself off";
            case MIGRATED -> "has left for another host";
            case SAVED -> "was saved";
            case STOPPED, UNKNOWN -> "";
        };
    }
}
