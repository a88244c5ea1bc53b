package org.novagpubinder.binding.inventory;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.novagpubinder.domain.libvirt.DomainName;
import org.novagpubinder.host.proc.QemuProcess;
import org.novagpubinder.host.proc.QemuProcesses;

/**
 * How much memory the processes of domains have. A process is looked for once: with its pid and its start it is that domain's
 * until it ends.
 */
final class ResidentMemory {
    private final QemuProcesses processes;
    private final Map<UUID, QemuProcess> found = new ConcurrentHashMap<>();

    ResidentMemory(QemuProcesses processes) {
        this.processes = processes;
    }

    /**
     * Reads it, KiB, huge pages included; without those whose process is not found or does not answer.
     *
     * @param running all domains that run: the processes of others are forgotten
     * @param wanted of which of them it is read
     */
    Map<UUID, Long> kib(List<DomainName> running, Predicate<UUID> wanted) {
        Map<UUID, String> names = new HashMap<>();
        running.forEach(d -> names.put(d.uuid(), d.name()));
        found.keySet().retainAll(names.keySet());
        names.keySet().removeIf(wanted.negate());
        Map<UUID, QemuProcess> known = new HashMap<>(found);
        known.keySet().retainAll(names.keySet());
        Map<UUID, Long> kib = new HashMap<>(processes.residentKiB(known));
        names.keySet().removeAll(kib.keySet());
        if (!names.isEmpty()) {
            Map<UUID, QemuProcess> others = processes.find(names);
            found.putAll(others);
            kib.putAll(processes.residentKiB(others));
        }
        return kib;
    }
}
