package org.novagpubinder.notification.decode;

import java.util.Map;
import java.util.Set;
import org.novagpubinder.notification.decode.InstanceEvent.Action;

/** What an event leads to, by its versioned name. */
public final class EventActions {
    /** Published by the host that a guest leaves by resize or cold migration; whether it does leave, the hosts tell. */
    static final String RESIZED = "instance.resize.end";

    /** Published by the host that a guest goes back to, after the other has destroyed it. */
    static final String REVERTS = "instance.resize_revert.start";

    private static final Map<String, Action> ACTIONS = Map.ofEntries(
            Map.entry("instance.create.start", Action.RESERVE),
            Map.entry("instance.create.end", Action.BIND),
            Map.entry("instance.reboot.end", Action.BIND),
            Map.entry("instance.power_on.end", Action.BIND),
            // an evacuation ends as a rebuild on the new host (manager.py, rebuild_instance)
            Map.entry("instance.rebuild.end", Action.BIND),
            Map.entry("instance.resize_finish.end", Action.BIND),
            Map.entry("instance.resize_revert.end", Action.BIND),
            Map.entry("instance.unshelve.end", Action.BIND),
            Map.entry("instance.unrescue.end", Action.BIND),
            Map.entry("instance.resume.end", Action.BIND),
            Map.entry("instance.restore.end", Action.BIND),
            Map.entry("instance.live_migration_post_dest.end", Action.BIND),
            Map.entry("instance.live_migration_rollback.end", Action.BIND),
            Map.entry("instance.live_migration_pre.start", Action.RELEASE),
            Map.entry("instance.create.error", Action.FORGET),
            Map.entry("instance.delete.end", Action.FORGET),
            Map.entry("instance.shelve_offload.end", Action.FORGET),
            // the source has handed the guest over (manager.py, _post_live_migration)
            Map.entry("instance.live_migration_post.end", Action.FORGET));

    private EventActions() {}

    /** The events that lead to something by their names alone. */
    public static Set<String> events() {
        return ACTIONS.keySet();
    }

    /** The action for an event; {@link #RESIZED} and {@link #REVERTS} count as none. */
    public static Action of(String event) {
        return ACTIONS.getOrDefault(event, Action.IGNORE);
    }
}
