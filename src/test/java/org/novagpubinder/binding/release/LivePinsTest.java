package org.novagpubinder.binding.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Pins;

class LivePinsTest {
    private static final IdSet ALL = IdSet.range(0, 7);
    private static final IdSet NODE = IdSet.range(0, 3);

    private final List<String> pinned = new ArrayList<>();

    /** A running domain without pins, whose QEMU libvirt cannot ask. */
    private Libvirt withoutQemu() {
        return (Libvirt) Proxy.newProxyInstance(
                Libvirt.class.getClassLoader(), new Class<?>[] {Libvirt.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "vcpuPins":
                            return Map.of(0, ALL);
                        case "emulatorPin":
                            return ALL;
                        case "iothreadPins":
                            throw new LibvirtFailure(Kind.BUSY, 68, "QEMUs do not answer");
                        default:
                            pinned.add(method.getName());
                            return null;
                    }
                });
    }

    @Test
    void vcpusAreNotLeftWithoutPinsBecauseQemuDoesNotTellOfIothreads() {
        Pins wanted = new Pins(Map.of(0, NODE), NODE, Map.of(1, NODE));

        assertThatThrownBy(() -> new LivePins(withoutQemu()).set(UUID.randomUUID(), wanted))
                .hasMessage("QEMUs do not answer");

        assertThat(pinned).containsExactly("pinVcpu", "pinEmulator");
    }
}
