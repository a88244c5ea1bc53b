package org.novagpubinder.binding.policy;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.novagpubinder.binding.policy.Flavor.ToldBy;
import org.novagpubinder.host.common.RecentMap;
import org.novagpubinder.notification.decode.InstanceEvent;

/** What notifications about instances told last of their flavors; a command hears none. */
@Singleton
public final class ToldFlavors {
    private static final int REMEMBERED = 10_000;

    private final Map<UUID, Flavor> flavors = RecentMap.ofMost(REMEMBERED);

    @Inject
    ToldFlavors() {}

    /** The unversioned format tells the name only: what a versioned message told of the extra specs stays. */
    public synchronized void heard(UUID uuid, InstanceEvent event) {
        if (!event.extraSpecsKnown() && event.flavor() == null) {
            return;
        }
        Flavor before = of(uuid);
        String name = event.flavor() == null ? before.name() : event.flavor();
        flavors.put(
                uuid,
                event.extraSpecsKnown()
                        ? new Flavor(name, event.extraSpecs(), ToldBy.NOTIFICATION)
                        : new Flavor(name, before.extraSpecs(), before.toldBy()));
    }

    /** Unknown if none has told it. */
    public synchronized Flavor of(UUID uuid) {
        return flavors.getOrDefault(uuid, Flavor.UNKNOWN);
    }

    /**
     * Whether its extra specs are others than those that were planned by: of an end that is told in both formats the first
     * message has none, and a daemon that has just begun may know none either.
     *
     * @param planned what is known of the flavor by all who tell it
     */
    public boolean contradicts(UUID uuid, Flavor planned) {
        Flavor now = of(uuid);
        return now.toldBy() != ToldBy.NOBODY && !now.extraSpecs().equals(planned.extraSpecs());
    }

    /** Of which instances something was told. */
    public synchronized Set<UUID> all() {
        return Set.copyOf(flavors.keySet());
    }

    public synchronized void forget(UUID uuid) {
        flavors.remove(uuid);
    }
}
