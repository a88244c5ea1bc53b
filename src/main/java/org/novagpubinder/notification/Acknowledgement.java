package org.novagpubinder.notification;

/** Tells the broker that an event need not be delivered again. */
@FunctionalInterface
public interface Acknowledgement {
    /**
     * The event was handled. From any thread, at any time, as often as one likes: only the first call counts, and one that comes
     * after the connection was lost does nothing (the broker delivers the event again on the next).
     */
    void done();
}
