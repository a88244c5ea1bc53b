package org.novagpubinder.host.proc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.novagpubinder.host.files.Dir;

/**
 * libvirt's own word about a domain's process: STATEDIR/NAME.pid (qemu_process.c: virPidFileBuildPath of cfg->stateDir and the
 * domain's name). That of the system's daemon, libvirtd or virtqemud, is /run/libvirt/qemu (qemu_conf.c:
 * virQEMUDriverConfigNew); those of session and embedded drivers are elsewhere.
 */
record PidFiles(Path root) {
    private static final String DIRECTORY = "run/libvirt/qemu";

    /** A number, a newline, and room for what is neither. */
    private static final int MAX_BYTES = 32;

    /** What the file says, which may be of a process that has ended: whose pid that is now has to be looked at. */
    OptionalInt pid(String domain) {
        if (domain.isEmpty() || domain.indexOf('/') >= 0 || domain.indexOf('\0') >= 0) {
            return OptionalInt.empty();
        }
        String name = domain + ".pid";
        Optional<String> text =
                ofTheHost(name).or(() -> Dir.below(root, DIRECTORY).flatMap(d -> d.text(name, MAX_BYTES)));
        return text.map(String::strip)
                .filter(t -> t.matches("[1-9][0-9]{0,8}"))
                .map(t -> OptionalInt.of(Integer.parseInt(t)))
                .orElse(OptionalInt.empty());
    }

    /** A service or container may have a /run of its own: the host's is that of process 1. */
    private Optional<String> ofTheHost(String name) {
        if (!root.equals(Path.of("/"))) {
            return Optional.empty();
        }
        Path file = Path.of("/proc/1/root", DIRECTORY, name);
        try {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) <= MAX_BYTES
                    ? Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1))
                    : Optional.empty();
        } catch (IOException notReadable) {
            return Optional.empty();
        }
    }
}
