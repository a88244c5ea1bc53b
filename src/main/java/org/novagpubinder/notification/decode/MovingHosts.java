package org.novagpubinder.notification.decode;

import org.jspecify.annotations.Nullable;

/**
 * The hosts of an event, which for a guest on the move are not one and the same (nova/compute/manager.py).
 *
 * @param leaves whether the event says that the guest has left the concerned host by resize or cold migration
 */
record MovingHosts(
        @Nullable String concerned,
        @Nullable String source,
        @Nullable String destination,
        boolean leaves) {
    /**
     * @param payloadHost instance.host at that moment, or null
     * @param computeHost the nova-compute that published, or null
     */
    static MovingHosts of(String event, @Nullable String payloadHost, @Nullable String computeHost) {
        String host = payloadHost == null ? computeHost : payloadHost;
        MovingHosts stays = new MovingHosts(host, null, null, false);
        boolean moves = payloadHost != null && computeHost != null && !computeHost.equals(payloadHost);
        return switch (action(event)) {
            // the destination publishes (pre_live_migration, rollback_live_migration_at_destination), while the
            // instance is the source's still
            case "live_migration_pre", "live_migration_rollback_dest" ->
                new MovingHosts(host, payloadHost, computeHost, false);
            // the source publishes, with an instance object of before the move
            case "live_migration_post", "live_migration_rollback" -> new MovingHosts(host, host, null, false);
            // the destination publishes; instance.host changes between start and end
            case "live_migration_post_dest" ->
                new MovingHosts(host, event.endsWith(".start") ? payloadHost : null, computeHost, false);
            // resize_instance: the source publishes .end after instance.host has become the destination
            case "resize" ->
                moves && event.equals(EventActions.RESIZED)
                        ? new MovingHosts(computeHost, computeHost, payloadHost, true)
                        : stays;
            // finish_revert_resize: the source publishes .start while instance.host is the destination still, where
            // revert_resize has destroyed the guest by then; nobody tells the destination otherwise
            case "resize_revert" ->
                moves && event.equals(EventActions.REVERTS)
                        ? new MovingHosts(payloadHost, payloadHost, computeHost, true)
                        : stays;
            // an evacuation: the destination rebuilds, and instance.host changes after .end (rt.finish_evacuation)
            case "rebuild" -> moves ? new MovingHosts(payloadHost, payloadHost, computeHost, false) : stays;
            // a resize to another cell: instance.host changes between start and end
            case "resize_finish" -> moves ? new MovingHosts(computeHost, payloadHost, computeHost, false) : stays;
            default -> stays;
        };
    }

    private static String action(String event) {
        int start = event.indexOf('.') + 1;
        int end = event.indexOf('.', start);
        return end < 0 ? event.substring(start) : event.substring(start, end);
    }
}
