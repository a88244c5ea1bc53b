package org.novagpubinder.binding.inventory;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Pins;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;

/**
 * What somebody else has placed in the definition of a guest that runs without it. It is neither in force nor ours: it holds
 * from the next start on, and stays.
 *
 * @param pins that leave less than every choice
 * @param placed whether its vCPUs or its memory are placed, be it by numad
 */
public record NextStart(Pins pins, boolean placed) {
    /** What the definition of that guest has; nothing of one that is off. */
    public static NextStart of(Observation o, Guest guest, HostTopology topology) {
        DomainDefinition d = o.definition();
        if (d == null || !o.running()) {
            return new NextStart(Pins.NONE, false);
        }
        Tuning theirs =
                o.ours().map(r -> theirs(d.tuning(), r)).orElse(d.tuning()).without(guest.foreign());
        Pins pins = theirs.pins().narrowerThan(topology.floatingCpus(d.vcpuCpuset()));
        boolean numad = d.vcpuAuto() && !guest.numad();
        return new NextStart(
                pins, numad || theirs.placesMemory() || !pins.vcpus().isEmpty());
    }

    /** What of a definition is somebody else's still. What we replaced there is not: it may be pins that a live migration left. */
    private static Tuning theirs(Tuning definition, BindingRecord r) {
        return definition.undone(r.set(), r.before().same(r.set()));
    }

    /** What lies under our binding of the definition; beside their placement what we once replaced does not come back. */
    public Tuning under(Tuning definition, @Nullable BindingRecord record) {
        if (record == null) {
            return definition;
        }
        Tuning under = definition.undone(record.set(), record.before());
        return placed ? theirs(definition, record).withRenderNode(under.renderNode()) : under;
    }

    /** What of ours may stand beside it in the definition: vCPUs and memory belong together. */
    public Tuning allows(Tuning ours) {
        return placed
                ? Tuning.NONE.withRenderNode(ours.renderNode())
                : ours.withPins(ours.pins().except(pins));
    }

    /** That there is any: a restart would bring it into force. */
    Optional<Reason> otherwise() {
        return placed || !pins.equals(Pins.NONE)
                ? Reason.Code.DEFINED_OTHERWISE.because(
                        "somebody has placed it otherwise in its definition: that stays, and holds from its next start on")
                : Optional.empty();
    }
}
