package org.novagpubinder.notification;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.novagpubinder.config.settings.Secret;
import org.novagpubinder.notification.decode.NotificationDecoder;

/** A subscription in a process of its own, with the heap that the package gives the daemon; ends when stdin does. */
final class SmallHeap {
    private SmallHeap() {}

    /**
     * Runs it.
     *
     * @param arguments the broker's port and password, the exchange, and the directory that outlives the process
     */
    public static void main(String... arguments) throws Exception {
        var config = SubscriptionRig.config(
                List.of(SubscriptionRig.address(Integer.parseInt(arguments[0]), new Secret(arguments[1]))),
                arguments[2],
                null,
                null);
        NotificationHandler handler = (event, ack) -> {
            System.out.println("handed on " + event.event());
            if (event.event().equals("instance.reboot.end")) {
                Runtime.getRuntime().halt(3);
            }
            ack.done();
        };
        try (NotificationSubscription subscription = new NotificationSubscription(
                config,
                List::of,
                SubscriptionRig.HOST,
                handler,
                Set.of(state -> System.out.println("state " + state.kind())),
                new NotificationDecoder(),
                new NotificationCounters(),
                Path.of(arguments[3]),
                Timings.USUAL)) {
            subscription.start();
            System.in.readAllBytes();
        }
    }
}
