package org.novagpubinder.config;

import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.novagpubinder.host.files.FileGlob;
import org.novagpubinder.host.proc.NovaComputeProcess;

/**
 * Which Nova this host has, by the name of its Python package's metadata: {@code nova-33.0.2.dist-info}. The nova-compute
 * that runs tells where, in a container's files too; else it is looked for where distributions and OpenStack-Ansible put it.
 */
record NovaRelease(NovaComputeProcess host) {
    private static final Pattern METADATA = Pattern.compile("nova-([0-9]{1,4})\\..*(dist|egg)-info");

    /** The first number of its version; of several Novas the newest's; empty if none is found or may be looked at. */
    OptionalInt major() {
        Path root = host.root();
        OptionalInt running = newest(RunningNova.all(host).flatMap(NovaRelease::prefix));
        return running.isPresent()
                ? running
                : newest(Stream.concat(
                        Stream.of(root.resolve("usr"), root.resolve("usr/local")),
                        FileGlob.in(root.resolve("openstack/venvs"), "nova-*")));
    }

    /** Where it is installed, if it was started as PREFIX/bin/nova-compute. */
    private static Stream<Path> prefix(RunningNova nova) {
        return nova
                .program()
                .map(word -> nova.root().resolve(word.substring(1)).getParent())
                .map(Path::getParent)
                .stream();
    }

    private static OptionalInt newest(Stream<Path> prefixes) {
        return prefixes.flatMap(prefix -> FileGlob.in(prefix, "lib{,64}"))
                .flatMap(lib -> FileGlob.in(lib, "python3*"))
                .flatMap(python -> FileGlob.in(python, "{site,dist}-packages"))
                .flatMap(packages -> FileGlob.in(packages, "nova-*-info"))
                .map(found -> METADATA.matcher(found.getFileName().toString()))
                .filter(Matcher::matches)
                .mapToInt(found -> Integer.parseInt(found.group(1)))
                .max();
    }
}
