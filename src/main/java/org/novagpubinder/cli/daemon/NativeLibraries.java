package org.novagpubinder.cli.daemon;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where JNA finds the host's libraries. Unless it is told, it runs {@code ldconfig -p} at each start: a further process, and a
 * thread that waits for it (com.sun.jna.NativeLibrary).
 */
public final class NativeLibraries {
    /** What is loaded by these names. */
    private static final List<String> NEEDED = List.of("libc.so.6", "libvirt.so.0", "libvirt-qemu.so.0");

    /** Debian's multiarch directories, by Java's name of the architecture. */
    private static final Map<String, String> TRIPLETS =
            Map.of("amd64", "x86_64-linux-gnu", "aarch64", "aarch64-linux-gnu");

    private static final String DIRECTORY = "jna.platform.library.path";

    private NativeLibraries() {}

    /** Tells JNA, if they all are in one of the usual places; else it looks for itself. */
    public static void tell() {
        in(Path.of("/usr"), System.getProperty("os.arch"))
                .ifPresent(directory -> System.setProperty(DIRECTORY, directory.toString()));
    }

    /** Whether all of them are there, by {@link #tell}. */
    static boolean known() {
        return System.getProperty(DIRECTORY) != null;
    }

    /** The directory below PREFIX/lib or PREFIX/lib64 that has them all. */
    static Optional<Path> in(Path prefix, String architecture) {
        Path lib = prefix.resolve("lib");
        return List.of(lib.resolve(TRIPLETS.getOrDefault(architecture, ".")), prefix.resolve("lib64"), lib).stream()
                .filter(directory -> NEEDED.stream().allMatch(name -> Files.exists(directory.resolve(name))))
                .findFirst();
    }
}
