package org.novagpubinder.domain.connection;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.novagpubinder.domain.libvirt.LibvirtFailure;

class LibvirtConnectionTest {
    @Test
    void whyThereIsNoConnectionIsSaidOnce() {
        try (LibvirtConnection connection = new LibvirtConnection("test:///default")) {
            assertThatThrownBy(connection::session)
                    .isInstanceOf(LibvirtFailure.class)
                    .hasMessage("not connected to libvirt yet");
        }
    }
}
