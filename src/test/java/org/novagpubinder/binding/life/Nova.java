package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;

import com.google.inject.Injector;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.daemon.Sweeper;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.DomainEvent.Kind;
import org.novagpubinder.notification.decode.DecodeException;
import org.novagpubinder.notification.decode.NotificationDecoder;

/** Nova and libvirt as the engine hears them: notifications in both formats, as bodies, and lifecycle events. */
public final class Nova {
    static final String HERE = "cmp-a";
    static final String ELSEWHERE = "cmp-b";

    /** Events whose names differ between the formats (nova/compute/manager.py). */
    private static final Map<String, String> UNVERSIONED = Map.of(
            "resize_prep", "resize.prep",
            "resize_finish", "finish_resize",
            "resize_revert", "resize.revert",
            "live_migration_pre", "live_migration.pre",
            "live_migration_post", "live_migration._post",
            "live_migration_rollback", "live_migration._rollback");

    private final Injector daemon;
    private final NotificationDecoder decoder = new NotificationDecoder();
    private Map<String, String> extraSpecs = Map.of();

    public Nova(BinderRig rig) {
        this(rig.get(Injector.class));
    }

    /** As that daemon hears them. */
    public Nova(Injector daemon) {
        this.daemon = daemon;
    }

    /** From now on the flavor has these. */
    public Nova flavor(Map<String, String> specs) {
        extraSpecs = specs;
        return this;
    }

    /** This host's nova-compute says so of the guest, such as {@code says("req-1", "reboot.start")}. */
    public Nova says(String request, String... events) throws Exception {
        for (String event : events) {
            hostSays(request, event, HERE, HERE);
        }
        return this;
    }

    /** A nova-compute says so of the guest, whose host it says is another. */
    Nova hostSays(String request, String event, String publisher, String host) throws Exception {
        unversioned(request, event, publisher, host);
        versioned(request, event, publisher, host);
        return this;
    }

    void unversioned(String request, String event, String publisher, String host) throws Exception {
        String[] name = event.split("\\.", 2);
        hear("""
                {"event_type": "compute.instance.%s.%s", "publisher_id": "compute.%s", "_context_request_id": "%s", "timestamp": "%s",
                 "payload": {"instance_id": "%s", "host": "%s", "instance_type": "gpu.small"}}""".formatted(
                        UNVERSIONED.getOrDefault(name[0], name[0]), name[1], publisher, request, now(), GUEST, host));
    }

    void versioned(String request, String event, String publisher, String host) throws Exception {
        String specs = extraSpecs.entrySet().stream()
                .map(e -> "\"" + e.getKey() + "\": \"" + e.getValue() + "\"")
                .collect(Collectors.joining(", "));
        hear("""
                {"event_type": "instance.%s", "publisher_id": "nova-compute:%s", "_context_request_id": "%s", "timestamp": "%s",
                 "payload": {"nova_object.data": {"uuid": "%s", "host": "%s", "request_id": "%s",
                 "flavor": {"nova_object.data": {"name": "gpu.small", "extra_specs": {%s}}}}}}""".formatted(event, publisher, request, now(), GUEST, host, request, specs));
    }

    /** As oslo.messaging writes it. */
    private static String now() {
        return LocalDateTime.now(ZoneOffset.UTC).toString().replace('T', ' ');
    }

    private void hear(String body) throws InterruptedException, DecodeException {
        CountDownLatch acked = new CountDownLatch(1);
        daemon.getInstance(EventRouter.class)
                .handle(decoder.decode(body.getBytes(StandardCharsets.UTF_8)), acked::countDown);
        assertThat(acked.await(30, TimeUnit.SECONDS)).as("acknowledged").isTrue();
    }

    /** libvirt tells that something happened to the guest; returns when all that follows was done. */
    public Nova libvirt(Kind... kinds) throws InterruptedException {
        for (Kind kind : kinds) {
            daemon.getInstance(EventRouter.class)
                    .happened(new DomainEvent(GUEST, "instance-00000001", kind, 0, System.nanoTime()));
        }
        return settled();
    }

    /** The sweep comes round. */
    public Nova sweep() throws InterruptedException {
        daemon.getInstance(Sweeper.class).sweep();
        return settled();
    }

    private Nova settled() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        daemon.getInstance(DomainQueues.class).submit(GUEST, done::countDown);
        assertThat(done.await(30, TimeUnit.SECONDS)).as("settled").isTrue();
        return this;
    }
}
