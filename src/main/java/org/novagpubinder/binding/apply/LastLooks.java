package org.novagpubinder.binding.apply;

import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.definition.Definer;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.nova.NovaQueue;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.policy.ToldFlavors;
import org.novagpubinder.binding.restart.LastLook;
import org.novagpubinder.binding.restart.RecentRestarts;
import org.novagpubinder.binding.restart.RestartGuard;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/** What is looked at once more while a guest is restarted. */
record LastLooks(
        RestartGuard guard,
        RecentRestarts recent,
        NovaTasks tasks,
        NovaQueue queue,
        DomainQueues queues,
        ToldFlavors flavors) {
    @Inject
    LastLooks {}

    LastLook of(Planned planned) {
        UUID uuid = planned.plan().uuid();
        return new LastLook() {
            @Override
            public Optional<Reason> forbids(Libvirt held) throws LibvirtFailure {
                if (queues.closing()) {
                    return Code.RESTART_NOT_ALLOWED.because("the daemon stops");
                }
                if (flavors.contradicts(uuid, planned.chosen().flavor())) {
                    return Optional.of(
                            Definer.changed("Nova has told its flavor's extra specs only now: it is planned by them")
                                    .reason());
                }
                Optional<Reason> changed = guard.changed(held, planned.observation());
                return changed.isPresent() ? changed : guard.forbids(held, planned.observation(), planned.occasion());
            }

            @Override
            public Optional<Reason> lacks(Libvirt held) throws LibvirtFailure {
                return guard.lacks(held, planned.observation());
            }

            @Override
            public Optional<Reason> unread() {
                return queue.unread();
            }

            @Override
            public Optional<Reason> takenOver() {
                return recent.latest(uuid)
                        .flatMap(latest -> tasks.stopsSince(uuid, latest.began()))
                        .map(task -> new Reason(
                                Code.TASK_RUNNING,
                                "Nova has begun " + task + " while it was restarted: it is left to it"));
            }
        };
    }
}
