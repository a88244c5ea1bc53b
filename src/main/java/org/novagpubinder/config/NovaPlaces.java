package org.novagpubinder.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.novagpubinder.host.files.FileGlob;
import org.novagpubinder.host.proc.NovaComputeProcess;

/**
 * Where nova-compute's configuration is on a host if nobody says it.
 *
 * @param all files, directories whose *.conf are read, and the environment of the nova-compute that runs, in oslo.config's
 *     order: later wins
 */
public record NovaPlaces(List<Path> all) {
    /** Names the files and directories, separated by colons, where they are in none of the usual places. */
    public static final String VARIABLE = "NOVA_GPU_BINDER_NOVA_CONFIG";

    /** In each of these oslo.config looks for each name; the first that is there counts (cfg.py:_search_dirs). */
    private static final List<String> ETC = List.of("etc/nova", "etc");

    /**
     * The places of services in containers, on the host: Kolla's node_config, and what EDPM's role copies into the container
     * as nova.conf.d.
     */
    private static final List<String> CONTAINERS =
            List.of("etc/kolla/nova-compute", "var/lib/openstack/nova", "var/lib/openstack/config/nova");

    /** The same of whole trees: TripleO's, and the common directory of Sunbeam's snap (openstack_hypervisor/services.py). */
    private static final List<String> TREES =
            List.of("var/lib/config-data/puppet-generated/nova_libvirt", "var/snap/openstack-hypervisor/common");

    public NovaPlaces {
        all = List.copyOf(all);
    }

    static NovaPlaces find(NovaComputeProcess host, Map<String, String> environment) {
        String named = environment.getOrDefault(VARIABLE, "");
        if (!named.isEmpty()) {
            return new NovaPlaces(Stream.of(named.split(":", -1))
                    .filter(n -> !n.isEmpty())
                    .map(Path::of)
                    .toList());
        }
        Optional<RunningNova> running = RunningNova.find(host);
        NovaPlaces files = files(host.root(), running);
        return running.flatMap(nova -> nova.variables(host)).map(files::and).orElse(files);
    }

    private NovaPlaces and(Path variables) {
        return new NovaPlaces(Stream.concat(all.stream(), Stream.of(variables)).toList());
    }

    private static NovaPlaces files(Path root, Optional<RunningNova> running) {
        if (running.filter(RunningNova::apart).isPresent()) {
            return inContainer(root).orElseGet(() -> of(running.get()));
        }
        NovaPlaces usual = usual(root);
        if (usual.tellsNothing()) {
            return inContainer(root).orElse(usual);
        }
        return running.map(NovaPlaces::of).filter(own -> !own.tellsNothing()).orElse(usual);
    }

    /**
     * What a process reads: without files or directories on its command line first those of the usual places, then what it
     * names, as it comes there (cfg.py:ConfigOpts._parse_config_files).
     */
    private static NovaPlaces of(RunningNova nova) {
        boolean files = nova.named("--config-file").isEmpty();
        boolean directories = nova.named("--config-dir").isEmpty();
        Stream<Path> usual = usual(nova.root()).all.stream().filter(p -> Files.isDirectory(p) ? directories : files);
        return new NovaPlaces(Stream.concat(usual, nova.named("--config-file", "--config-dir").stream())
                .toList());
    }

    /** RDO's packages have their defaults in /usr/share; then nova.conf, nova-compute.conf, and the directory of each. */
    private static NovaPlaces usual(Path root) {
        List<Path> files = new ArrayList<>();
        List<Path> directories = new ArrayList<>();
        for (String program : List.of("nova", "nova-compute")) {
            first(root, List.of("usr/share/nova"), program + "-dist.conf").ifPresent(files::add);
        }
        for (String program : List.of("nova", "nova-compute")) {
            first(root, ETC, program + ".conf").ifPresent(files::add);
            first(root, ETC, program + ".conf.d").filter(Files::isDirectory).ifPresent(directories::add);
        }
        return new NovaPlaces(
                Stream.concat(files.stream(), directories.stream()).toList());
    }

    /** A package's file that nobody has written into tells nothing either. */
    private boolean tellsNothing() {
        return all.stream().allMatch(p -> !Files.isDirectory(p) && blank(p));
    }

    private static boolean blank(Path file) {
        try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            return lines.noneMatch(l -> l.contains("=") && !l.startsWith("#") && !l.startsWith(";"));
        } catch (IOException | UncheckedIOException unreadable) {
            return false;
        }
    }

    private static Optional<NovaPlaces> inContainer(Path root) {
        Stream<NovaPlaces> containers = CONTAINERS.stream()
                .map(root::resolve)
                .filter(Files::isDirectory)
                .map(d -> new NovaPlaces(
                        Files.notExists(d.resolve("nova.conf")) ? copied(d) : List.of(d.resolve("nova.conf"))));
        return Stream.concat(containers, TREES.stream().map(root::resolve).map(NovaPlaces::usual))
                .filter(p -> !p.all.isEmpty())
                .findFirst();
    }

    /** What EDPM's container copies from there as nova.conf.d (edpm_nova/files/kolla_config/nova_compute.yaml). */
    private static List<Path> copied(Path directory) {
        return FileGlob.in(directory, "*nova*.conf")
                .sorted(Comparator.comparing(f -> f.getFileName().toString()))
                .toList();
    }

    private static Optional<Path> first(Path root, List<String> directories, String name) {
        // notExists is false for what may not be looked at: reading it then says so
        return directories.stream()
                .map(d -> root.resolve(d).resolve(name))
                .filter(p -> !Files.notExists(p))
                .findFirst();
    }
}
