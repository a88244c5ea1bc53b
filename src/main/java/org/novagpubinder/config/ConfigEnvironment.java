package org.novagpubinder.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * What the machine contributes to a configuration.
 *
 * @param defaultFiles read in this order where none is named, as far as they exist
 * @param hostname the kernel's host name, which is nova.conf's default for {@code host}
 * @param credential where the broker's URL may be beside them
 */
record ConfigEnvironment(List<Path> defaultFiles, Supplier<String> hostname, UrlCredential credential) {
    ConfigEnvironment {
        defaultFiles = List.copyOf(defaultFiles);
    }

    /** A machine without credentials. */
    ConfigEnvironment(List<Path> defaultFiles, Supplier<String> hostname) {
        this(defaultFiles, hostname, UrlCredential.NONE);
    }

    /** This machine: the files that nova-compute reads, then our own. */
    static ConfigEnvironment ofThisMachine() {
        return new ConfigEnvironment(
                List.of(
                        Path.of("/etc/nova/nova.conf"),
                        Path.of("/etc/nova/nova-compute.conf"),
                        Path.of("/etc/nova-gpu-binder/nova-gpu-binder.conf")),
                ConfigEnvironment::kernelHostname,
                UrlCredential.of(System.getenv()));
    }

    /** What gethostname(2) gives, as Python's socket.gethostname(): no name service is asked. */
    private static String kernelHostname() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
