package org.novagpubinder.binding.apply;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Tuning;

/** Pins of the running domain: sets those that differ, and reads back. */
public final class LivePins {
    private final Libvirt libvirt;

    @Inject
    LivePins(Libvirt libvirt) {
        this.libvirt = libvirt;
    }

    /**
     * Brings the running domain to the pins of the tuning; vCPUs that are not plugged in are left to the definition.
     *
     * @return what was done, in words; empty if all pins were right already
     */
    List<String> set(UUID uuid, Tuning ours) throws LibvirtFailure {
        List<String> done = new ArrayList<>();
        if (!ours.vcpuPins().isEmpty()) {
            Map<Integer, IdSet> now = libvirt.vcpuPins(uuid);
            int changed = 0;
            for (Map.Entry<Integer, IdSet> pin : differing(ours.vcpuPins(), now)) {
                libvirt.pinVcpu(uuid, pin.getKey(), pin.getValue());
                changed++;
            }
            if (changed > 0) {
                done.add("pinned " + changed + (changed == 1 ? " vCPU" : " vCPUs"));
            }
        }
        if (ours.emulator() != null && !ours.emulator().equals(libvirt.emulatorPin(uuid))) {
            libvirt.pinEmulator(uuid, ours.emulator());
            done.add("pinned the emulator threads");
        }
        if (!ours.iothreadPins().isEmpty()) {
            Map<Integer, IdSet> now = libvirt.iothreadPins(uuid);
            int changed = 0;
            for (Map.Entry<Integer, IdSet> pin : differing(ours.iothreadPins(), now)) {
                libvirt.pinIothread(uuid, pin.getKey(), pin.getValue());
                changed++;
            }
            if (changed > 0) {
                done.add("pinned " + changed + (changed == 1 ? " iothread" : " iothreads"));
            }
        }
        return done;
    }

    /** What {@link #set} would do, in words that begin with "pin"; empty if all pins are right. Changes nothing. */
    public List<String> wouldSet(UUID uuid, Tuning ours) throws LibvirtFailure {
        List<String> todo = new ArrayList<>();
        int vcpus = ours.vcpuPins().isEmpty()
                ? 0
                : differing(ours.vcpuPins(), libvirt.vcpuPins(uuid)).size();
        if (vcpus > 0) {
            todo.add("pin " + vcpus + (vcpus == 1 ? " vCPU" : " vCPUs"));
        }
        if (ours.emulator() != null && !ours.emulator().equals(libvirt.emulatorPin(uuid))) {
            todo.add("pin the emulator threads");
        }
        int iothreads = ours.iothreadPins().isEmpty()
                ? 0
                : differing(ours.iothreadPins(), libvirt.iothreadPins(uuid)).size();
        if (iothreads > 0) {
            todo.add("pin " + iothreads + (iothreads == 1 ? " iothread" : " iothreads"));
        }
        return todo;
    }

    /** What of the tuning the running domain does not have, in words; empty if it has all. */
    Optional<String> missing(UUID uuid, Tuning ours) throws LibvirtFailure {
        if (!ours.vcpuPins().isEmpty()
                && !differing(ours.vcpuPins(), libvirt.vcpuPins(uuid)).isEmpty()) {
            return Optional.of("vCPU pins");
        }
        if (ours.emulator() != null && !ours.emulator().equals(libvirt.emulatorPin(uuid))) {
            return Optional.of("the emulator pin");
        }
        if (!ours.iothreadPins().isEmpty()
                && !differing(ours.iothreadPins(), libvirt.iothreadPins(uuid)).isEmpty()) {
            return Optional.of("iothread pins");
        }
        return Optional.empty();
    }

    private static List<Map.Entry<Integer, IdSet>> differing(Map<Integer, IdSet> wanted, Map<Integer, IdSet> now) {
        return wanted.entrySet().stream()
                .filter(e -> now.containsKey(e.getKey()))
                .filter(e -> !Objects.equals(now.get(e.getKey()), e.getValue()))
                .sorted(Map.Entry.comparingByKey())
                .toList();
    }
}
