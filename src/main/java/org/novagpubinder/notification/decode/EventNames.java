package org.novagpubinder.notification.decode;

import java.util.Map;

/**
 * The names of unversioned events as the versioned format spells them.
 *
 * <p>Unversioned: {@code 'compute.instance.%s' % event_suffix} (nova/compute/utils.py, notify_about_instance_usage), with the
 * suffixes of nova/compute/manager.py; versioned: object, action and phase (nova/notifications/objects/base.py, EventType)
 * with the actions of nova/objects/fields.py, NotificationAction.
 */
final class EventNames {
    private static final String PREFIX = "compute.";

    /** Suffixes of unversioned events whose action is spelt otherwise in the versioned format, without the phase. */
    private static final Map<String, String> ACTIONS = Map.ofEntries(
            // manager.py: prep_resize, resize_instance, finish_resize, confirm_resize, finish_revert_resize
            Map.entry("resize.prep", "resize_prep"),
            Map.entry("finish_resize", "resize_finish"),
            Map.entry("resize.confirm", "resize_confirm"),
            Map.entry("resize.revert", "resize_revert"),
            // manager.py: pre_live_migration, _post_live_migration, post_live_migration_at_destination,
            // _rollback_live_migration, rollback_live_migration_at_destination
            Map.entry("live_migration.pre", "live_migration_pre"),
            Map.entry("live_migration._post", "live_migration_post"),
            Map.entry("live_migration.post.dest", "live_migration_post_dest"),
            Map.entry("live_migration._rollback", "live_migration_rollback"),
            Map.entry("live_migration.rollback.dest", "live_migration_rollback_dest"),
            // manager.py: live_migration_abort, live_migration_force_complete
            Map.entry("live.migration.abort", "live_migration_abort"),
            Map.entry("live.migration.force.complete", "live_migration_force_complete"));

    private EventNames() {}

    /** The versioned name of an unversioned event; one without a counterpart loses the prefix only. */
    static String versioned(String unversioned) {
        String name = unversioned.startsWith(PREFIX) ? unversioned.substring(PREFIX.length()) : unversioned;
        if (!name.startsWith("instance.")) {
            return name;
        }
        // nova/conductor/manager.py, rebuild_instance: no phase in either format
        if (name.equals("instance.rebuild.scheduled")) {
            return "instance.rebuild_scheduled";
        }
        int phase = name.lastIndexOf('.');
        int start = "instance.".length();
        String action = phase > start ? ACTIONS.get(name.substring(start, phase)) : null;
        return action == null ? name : "instance." + action + name.substring(phase);
    }
}
