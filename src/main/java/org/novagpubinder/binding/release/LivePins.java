package org.novagpubinder.binding.release;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.placement.model.Pins;

/** Pins of the running domain: sets those that differ, and reads back. */
public record LivePins(Libvirt libvirt) {
    @Inject
    public LivePins {}

    /**
     * Brings the running domain to the pins; vCPUs that are not plugged in are left to the definition.
     *
     * @return what was done, in words; empty if all pins were right already
     */
    public List<String> set(UUID uuid, Pins wanted) throws LibvirtFailure {
        return set(uuid, wanted, Pins.NONE);
    }

    /**
     * The same for those who have just seen libvirt's XML of the running domain: what is there libvirt has set itself
     * (qemu_driver.c:qemuDomainPinVcpuLive, qemuDomainPinIOThread), so only the others are asked for. To ask for those of iothreads
     * is to ask QEMU, and nothing ends that while it does not answer.
     *
     * @param seen its pins there
     */
    public List<String> set(UUID uuid, Pins wanted, Pins seen) throws LibvirtFailure {
        Pins missing = differing(uuid, wanted.without(seen));
        Map<Integer, IdSet> vcpus = pinned(
                missing.vcpus(), (vcpu, cpus) -> libvirt.pinVcpu(uuid, vcpu, cpus), () -> libvirt.vcpuPins(uuid));
        if (missing.emulator() != null) {
            libvirt.pinEmulator(uuid, missing.emulator());
        }
        Map<Integer, IdSet> iothreads = pinned(
                missing.iothreads(),
                (id, cpus) -> libvirt.pinIothread(uuid, id, cpus),
                () -> libvirt.iothreadPins(uuid));
        return words("pinned ", new Pins(vcpus, missing.emulator(), iothreads));
    }

    private interface PinCall {
        void pin(int thread, IdSet cpus) throws LibvirtFailure;
    }

    private interface PinsThere {
        Map<Integer, IdSet> get() throws LibvirtFailure;
    }

    /** Those that were set: of a vCPU or an iothread that was taken off the running domain since it was looked at there is none. */
    private static Map<Integer, IdSet> pinned(Map<Integer, IdSet> wanted, PinCall call, PinsThere there)
            throws LibvirtFailure {
        Map<Integer, IdSet> set = new TreeMap<>(wanted);
        for (Map.Entry<Integer, IdSet> pin : new TreeMap<>(wanted).entrySet()) {
            try {
                call.pin(pin.getKey(), pin.getValue());
            } catch (LibvirtFailure e) {
                if (e.kind() != Kind.ERROR || there.get().containsKey(pin.getKey())) {
                    throw e;
                }
                set.remove(pin.getKey());
            }
        }
        return set;
    }

    /** What {@link #set} would do, in words that begin with "pin"; empty if all pins are right. Changes nothing. */
    public List<String> wouldSet(UUID uuid, Pins wanted, Pins seen) throws LibvirtFailure {
        return words("pin ", differing(uuid, wanted.without(seen)));
    }

    /** What of the pins the running domain does not have, in words; empty if it has all. */
    public Optional<String> missing(UUID uuid, Pins wanted) throws LibvirtFailure {
        Pins missing = differing(uuid, wanted);
        return missing.equals(Pins.NONE)
                ? Optional.empty()
                : Optional.of(
                        !missing.vcpus().isEmpty()
                                ? "vCPU pins"
                                : missing.emulator() != null ? "the emulator pin" : "iothread pins");
    }

    /** libvirt is asked only for threads that the pins name. */
    private Pins differing(UUID uuid, Pins wanted) throws LibvirtFailure {
        return wanted.diff(new Pins(
                wanted.vcpus().isEmpty() ? Map.of() : libvirt.vcpuPins(uuid),
                wanted.emulator() == null ? null : libvirt.emulatorPin(uuid),
                wanted.iothreads().isEmpty() ? Map.of() : libvirt.iothreadPins(uuid)));
    }

    private static List<String> words(String verb, Pins pins) {
        List<String> words = new ArrayList<>();
        int vcpus = pins.vcpus().size();
        if (vcpus > 0) {
            words.add(verb + Quantity.counted(vcpus, "vCPU"));
        }
        if (pins.emulator() != null) {
            words.add(verb + "the emulator threads");
        }
        int iothreads = pins.iothreads().size();
        if (iothreads > 0) {
            words.add(verb + Quantity.counted(iothreads, "iothread"));
        }
        return words;
    }
}
