package org.novagpubinder.notification.decode;

import org.novagpubinder.fuzz.Shown;

/** Any bytes are a notification or a {@link DecodeException}; what goes into logs is one harmless line. */
public final class DecoderFuzz {
    private static final NotificationDecoder DECODER = new NotificationDecoder();

    private DecoderFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] body) {
        try {
            InstanceEvent event = DECODER.decode(body);
            Shown.noControls(event.event());
            Shown.noControls(event.host());
            Shown.noControls(event.publisher());
            Shown.noControls(event.domain());
            Shown.noControls(event.flavor());
            Shown.noControls(event.requestId());
            Shown.noControls(event.sourceHost());
            Shown.noControls(event.destinationHost());
            if (event.host() != null && new ForeignLook(event.host()).foreign(body)) {
                throw new AssertionError("taken for another host's: " + event);
            }
            if (event.relevant() && event.uuid() == null) {
                throw new AssertionError("acts on no instance: " + event);
            }
        } catch (DecodeException e) {
            Shown.noControls(e.getMessage());
        }
    }
}
