package org.novagpubinder.cli;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.domain.DomainSummary;
import org.novagpubinder.domain.Libvirt;
import org.novagpubinder.domain.LibvirtFailure;

/** DOMAIN on the command line: a UUID (Nova's instance id) or libvirt's name. */
final class DomainArgument {
    private DomainArgument() {}

    /** @throws CommandFailure if libvirt has no such domain, with what it might have been */
    static DomainSummary find(Libvirt libvirt, String text) throws LibvirtFailure, CommandFailure {
        Optional<DomainSummary> found =
                uuid(text).isPresent() ? libvirt.find(uuid(text).get()) : libvirt.find(text);
        if (found.isPresent()) {
            return found.get();
        }
        List<DomainSummary> all = libvirt.list();
        String similar = all.stream()
                .map(DomainSummary::name)
                .filter(n -> n.contains(text) || text.contains(n))
                .sorted()
                .findFirst()
                .map(n -> "; did you mean " + n + "?")
                .orElse(all.isEmpty() ? "; it has no domain at all" : "; `virsh list --all` shows what it has");
        throw new CommandFailure(Main.FAILURE, "libvirt has no domain '" + text + "'" + similar);
    }

    private static Optional<UUID> uuid(String text) {
        return text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
                ? Optional.of(UUID.fromString(text))
                : Optional.empty();
    }
}
