package org.novagpubinder.domain.libvirt;

/**
 * A way to libvirt that is held: what is looked at over it and what is done after that stand right behind each other, with
 * no wait for others' calls in between. For one thread.
 *
 * @param calls those on it, the only ones to make while it is held: others may wait for what other holders do not give back
 * @param end gives it back
 */
public record LibvirtHold(Libvirt calls, Runnable end) implements AutoCloseable {
    @Override
    public void close() {
        end.run();
    }
}
