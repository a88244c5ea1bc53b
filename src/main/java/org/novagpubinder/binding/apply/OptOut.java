package org.novagpubinder.binding.apply;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.release.Releaser;
import org.novagpubinder.binding.release.Releaser.Leave;
import org.novagpubinder.binding.release.RemainingBinding;
import org.novagpubinder.binding.release.UnrecordedTuning;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.record.VideoState;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Pins;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;

/**
 * A guest that is not to be bound. One whose policy has become {@code off} loses the binding that it has, and so does one that
 * has no GPU any more, or could not start with its binding; {@code report} leaves what is there, but what was set while an
 * operator released it. Where only a notification tells that its flavor says so, or that it is {@code required} and nothing can
 * be had, a record with nothing set remembers it: the next daemon's first sweep would bind the guest otherwise.
 */
public record OptOut(Libvirt libvirt, Releaser releaser, Records records, UnrecordedTuning unrecorded) {
    @Inject
    public OptOut {}

    /** Does so, for a guest that runs and that Nova has no task on; tells in words what was done. */
    List<String> apply(Planned planned) throws LibvirtFailure {
        List<String> done = new ArrayList<>();
        BindingRecord old = planned.observation().record();
        // pins of its start that no record tells of bind nobody to the next daemon
        boolean recorded = binding(planned).isPresent();
        if (takesOff(planned)) {
            done.addAll(release(planned));
            if (old != null && !planned.plan().ours().equals(Tuning.NONE)) {
                // a restart of it has failed: its start must not be tried again, and what its flavor says is not lost
                Reason failed = new Reason(Reason.Code.RESTART_FAILED, "its restart failed");
                libvirt.setRecord(
                        planned.plan().uuid(),
                        RecordXml.write(records.ofFailure(null, List.of(failed), planned.extraSpecs(), old.start())));
                return done;
            }
            old = null;
            recorded = false;
        }
        if (!recorded && onlyToldByMessage(planned)) {
            BindingRecord memory = records.of(
                    planned.plan(),
                    State.SET,
                    refused(planned) ? Outcome.REFUSED : Outcome.IGNORED,
                    planned.plan().reasons().subList(0, 1),
                    Tuning.NONE,
                    false,
                    VideoState.NONE,
                    planned.extraSpecs(),
                    0);
            if (!Records.same(old, memory)) {
                libvirt.setRecord(planned.plan().uuid(), RecordXml.write(memory));
                done.add("wrote down that it is " + (refused(planned) ? "refused" : "left alone"));
            }
        }
        return done;
    }

    /** Whether it has a binding that is taken off. */
    public boolean takesOff(Planned planned) {
        Optional<BindingRecord> binding = binding(planned);
        return switch (planned.policy().mode()) {
            case OFF -> unrecorded.has(planned.observation()) || binding.isPresent();
            case REPORT ->
                // an operator released it while it was set
                unrecorded.has(planned.observation())
                        && planned.observation()
                                .ours()
                                .filter(r -> r.state() == State.RELEASED)
                                .isPresent();
            case PREFERRED, REQUIRED ->
                binding.filter(b -> aimless(planned) || unstartable(b, planned.topology()))
                        .isPresent();
        };
    }

    private static Optional<BindingRecord> binding(Planned planned) {
        return RemainingBinding.inForce(planned.observation()).filter(r -> !r.isNote());
    }

    /** Whether its GPU was unplugged for good: that of a definition that still has it comes back. */
    private static boolean aimless(Planned planned) {
        Observation o = planned.observation();
        return Stream.concat(Stream.ofNullable(o.live()), Stream.ofNullable(o.definition()))
                .noneMatch(d -> planned.chosen().concerns(d));
    }

    /** Whether libvirt would refuse its next start for what we have set: nothing else could be planned for it. */
    private static boolean unstartable(BindingRecord binding, HostTopology host) {
        IdSet cpus = host.pinnableCpus();
        boolean nowhere = !cpus.isEmpty()
                && !binding.set().pins().where(pin -> !pin.intersects(cpus)).equals(Pins.NONE);
        String renderNode = binding.set().renderNode();
        boolean undrawable = binding.displayAdded() && renderNode != null && host.lacksRenderNode(renderNode);
        return nowhere || undrawable;
    }

    /** Newer Novas write the extra specs into each definition; where there are none of any kind, this Nova does not. */
    private static boolean onlyToldByMessage(Planned planned) {
        DomainDefinition d = planned.observation().current();
        return (planned.chosen().saidNotToBind() || refused(planned))
                && d.extraSpecs().isEmpty()
                && planned.chosen().concerns(d);
    }

    /** By a word of its flavor's: by the default it would be bound where that does not want it. */
    private static boolean refused(Planned planned) {
        return planned.plan().outcome() == Outcome.REFUSED
                && !planned.extraSpecs().isEmpty();
    }

    private List<String> release(Planned planned) throws LibvirtFailure {
        Leave leave = planned.policy().mode() == PolicyMode.REPORT ? Leave.MARK : Leave.NOTHING;
        try {
            return releaser.release(planned.plan().uuid(), leave)
                    .map(BindResult::done)
                    .orElse(List.of());
        } catch (HostReadException e) {
            throw new LibvirtFailure(LibvirtFailure.Kind.ERROR, 0, "the host cannot be read: " + e.getMessage());
        }
    }
}
