package org.novagpubinder.testing;

import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtHold;

/** Ways to a libvirt that need not be held. */
final class Holds {
    private Holds() {}

    static LibvirtHold of(Libvirt calls) {
        return new LibvirtHold() {
            @Override
            public Libvirt calls() {
                return calls;
            }

            @Override
            public void close() {}
        };
    }
}
