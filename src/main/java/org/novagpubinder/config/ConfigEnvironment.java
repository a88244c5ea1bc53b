package org.novagpubinder.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.proc.NovaComputeProcess;
import org.novagpubinder.host.proc.PatientReader;

/**
 * What the machine contributes to a configuration.
 *
 * @param nova nova-compute's own files, read where none is named, and directories, whose *.conf are read where no directory
 *     is named: in this order, as far as they exist
 * @param defaultFiles ours, read after all those where no file is named, as far as they exist
 * @param lastFiles ours, read after all others whatever is named, as far as they exist
 * @param hostname the kernel's host name, which is nova.conf's default for {@code host}
 * @param credential where the broker's URL may be beside them
 * @param novaRelease the first number of the version of this host's Nova; empty if it is not known
 * @param runtimeDirectory the directory that systemd has made for this process; null if it has not
 */
record ConfigEnvironment(
        List<Path> nova,
        List<Path> defaultFiles,
        List<Path> lastFiles,
        Supplier<String> hostname,
        UrlCredential credential,
        Supplier<OptionalInt> novaRelease,
        @Nullable Path runtimeDirectory) {
    ConfigEnvironment {
        nova = List.copyOf(nova);
        defaultFiles = List.copyOf(defaultFiles);
        lastFiles = List.copyOf(lastFiles);
    }

    /** A machine without systemd. */
    ConfigEnvironment(List<Path> defaultFiles, Supplier<String> hostname) {
        this(List.of(), defaultFiles, List.of(), hostname, UrlCredential.NONE, OptionalInt::empty, null);
    }

    /** This machine: the files that nova-compute reads, then our own. */
    static ConfigEnvironment ofThisMachine(PatientReader reader) {
        NovaComputeProcess process = new NovaComputeProcess(Path.of("/"), reader);
        NovaPlaces nova = NovaPlaces.find(process, System.getenv());
        return new ConfigEnvironment(
                nova.all(),
                List.of(Path.of("/etc/nova-gpu-binder/nova-gpu-binder.conf")),
                List.of(ConfigLoader.OBSERVE_FILE),
                ConfigEnvironment::kernelHostname,
                UrlCredential.of(System.getenv()),
                new NovaRelease(process)::major,
                runtimeDirectory(System.getenv()));
    }

    /** systemd.exec(5), RuntimeDirectory=: several are separated by colons. */
    static @Nullable Path runtimeDirectory(Map<String, String> environment) {
        String first = environment.getOrDefault("RUNTIME_DIRECTORY", "").split(":", -1)[0];
        return first.startsWith("/") ? Path.of(first) : null;
    }

    /** What gethostname(2) gives, as Python's socket.gethostname(): no name service is asked. */
    static String kernelHostname() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
