package org.novagpubinder.binding.life;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.notification.decode.NotificationDecoder;
import org.novagpubinder.testing.Captures;
import org.novagpubinder.testing.RecordedNotification;

/** Recorded messages of a real Nova, made those of {@link BinderRig#GUEST}, as they reach the engine. */
public final class NovaSays {
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Wanted(String eventType, Map<String, String> extraSpecs) {}

    /** Of thousands of tests each wants the same few. */
    private static final Map<Wanted, InstanceEvent> SAID = new ConcurrentHashMap<>();

    private NovaSays() {}

    /** Recorded messages of those event types, in that order; only those that concern the engine. */
    public static List<InstanceEvent> events(Map<String, String> extraSpecs, String... eventTypes) {
        return Stream.of(eventTypes)
                .map(type -> SAID.computeIfAbsent(new Wanted(type, Map.copyOf(extraSpecs)), NovaSays::event))
                .filter(e -> e.relevant() || e.task().isPresent())
                .toList();
    }

    private static InstanceEvent event(Wanted wanted) {
        Captures.Recorded recorded = Captures.own(wanted.eventType);
        try {
            RecordedNotification n = RecordedNotification.read(
                    JSON.writeValueAsString(Map.of("routing_key", recorded.routingKey(), "body", recorded.body())));
            n.setInstance(BinderRig.GUEST.toString(), null);
            n.setHost(Events.HERE);
            n.setExtraSpecs(wanted.extraSpecs);
            InstanceEvent event = new NotificationDecoder().decode(n.body());
            if (event.relevant() && !Events.HERE.equals(event.host())) {
                throw new IllegalStateException(wanted.eventType + " concerns " + event.host());
            }
            return event;
        } catch (Exception e) {
            throw new IllegalStateException(wanted.eventType, e);
        }
    }
}
