package org.novagpubinder.domain.libvirt;

/**
 * A way to libvirt that is held: what is looked at over it and what is done after that stand right behind each other, with
 * no wait for others' calls in between. For one thread.
 */
public interface LibvirtHold extends AutoCloseable {
    /**
     * The calls on it. They are the only ones to make while it is held: others may wait for what other holders do not give
     * back.
     */
    Libvirt calls();

    @Override
    void close();

    /**
     * Calls that are held until they are given back.
     *
     * @param end gives them back
     */
    record Held(Libvirt calls, Runnable end) implements LibvirtHold {
        @Override
        public void close() {
            end.run();
        }
    }
}
