package org.novagpubinder.binding.early;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.host.files.LibvirtView;
import org.novagpubinder.host.files.RuntimeDirectory;
import org.novagpubinder.host.proc.HostBoot;
import org.novagpubinder.host.proc.QemuProcess;
import org.novagpubinder.host.topology.IdSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * With which render nodes guests have started on this host since its boot, by which display and which QEMU, and on which CPUs
 * guests were pinned.
 * Only what has worked is given to a guest before Nova starts it: another render node, or a CPU that the cgroup of guests does
 * not have, could make Nova's start fail. A line each in a file that the next daemon reads; what cannot be read is not proven,
 * what cannot be written is remembered by this process.
 */
@Singleton
public final class ProvenStarts {
    private static final Logger LOG = LoggerFactory.getLogger(ProvenStarts.class);

    /** More are no file of ours. */
    private static final long MOST_BYTES = 1 << 20;

    private static final String CPUS = "cpus";
    private static final String DISPROVED = "disproved";

    private final LibvirtView view;
    private final Path file;
    private final HostBoot boot;
    private final Clock clock;
    private final boolean wanted;
    private final Set<String> proven = ConcurrentHashMap.newKeySet();
    private volatile IdSet cpus = IdSet.empty();
    private volatile Optional<String> bootId = Optional.empty();
    private boolean read;

    @Inject
    ProvenStarts(BinderConfig config, RuntimeDirectory directory, HostBoot boot, LibvirtView view, Clock clock) {
        this.view = view;
        this.file = directory.of(config.operator().runtimeDirectory()).resolve("early-starts");
        this.boot = boot;
        this.clock = clock;
        this.wanted = config.binding().earlyDefine();
    }

    /**
     * Whether a guest has started with that render node, by the QEMU that this definition names and by the display that it will
     * have, and none has failed since.
     */
    boolean worked(DomainDefinition definition, String renderNode) {
        String line = line(definition, renderNode);
        return line != null && known().contains(line);
    }

    /** The CPUs to which libvirt has pinned guests since the host's boot: a cgroup of guests may have fewer than are online. */
    IdSet cpus() {
        known();
        return cpus;
    }

    /** A guest runs: what it has works, with the QEMU of today if that has not been replaced since the guest's start. */
    void runs(DomainDefinition live, QemuProcess process) {
        if (!wanted) {
            return;
        }
        pinned(live.tuning().pins().vcpuCpus());
        String renderNode = live.tuning().renderNode();
        String emulator = live.emulator();
        if (renderNode == null || emulator == null || live.display() == null) {
            return;
        }
        Instant began = clock.instant().minusMillis(process.ageMillis());
        if (disproved(renderNode).filter(began::isBefore).isPresent()) {
            return;
        }
        if (view.changed(emulator).filter(at -> at.toInstant().isBefore(began)).isPresent()) {
            started(live, renderNode);
        }
    }

    private synchronized void pinned(IdSet pins) {
        if (bootId().isPresent() && !cpus().containsAll(pins)) {
            note(prefix(CPUS) + pins);
        }
    }

    /** A guest has started with that render node, by the QEMU that this definition names and its display. */
    public void started(DomainDefinition definition, String renderNode) {
        String line = line(definition, renderNode);
        if (line != null && known().add(line)) {
            write(line);
        }
    }

    /** A start has failed with that render node in a definition that was written before it: it has to be proven anew. */
    synchronized void failed(String renderNode) {
        known();
        note(disproof(renderNode) + clock.millis());
    }

    private void note(String line) {
        remember(line);
        write(line);
    }

    private String prefix(String what) {
        return bootId().orElse("") + "\t" + what + "\t";
    }

    private String disproof(String renderNode) {
        return prefix(DISPROVED) + renderNode + "\t";
    }

    /** When a start failed last with that render node, since the host's boot. */
    private Optional<Instant> disproved(String renderNode) {
        String start = disproof(renderNode);
        return known().stream()
                .filter(l -> l.startsWith(start))
                .map(l -> l.substring(start.length()))
                .filter(l -> l.matches("[0-9]{1,15}"))
                .map(l -> Instant.ofEpochMilli(Long.parseLong(l)))
                .max(Comparator.naturalOrder());
    }

    /** It does not change while this process lives, and is asked for where every tenth of a millisecond counts. */
    private Optional<String> bootId() {
        Optional<String> known = bootId;
        if (known.isEmpty()) {
            known = boot.id();
            bootId = known;
        }
        return known;
    }

    /** Null if what it would say cannot be told for certain: then nothing is proven by it. */
    private @Nullable String line(DomainDefinition d, String renderNode) {
        String emulator = d.emulator();
        Optional<String> id = bootId();
        if (emulator == null || id.isEmpty() || !emulator.startsWith("/") || !renderNode.startsWith("/")) {
            return null;
        }
        // an upgrade replaces the file
        return view.changed(emulator)
                .map(changed ->
                        id.get() + "\t" + changed.toMillis() + "\t" + emulator + "\t" + display(d) + "\t" + renderNode)
                .filter(line -> line.lines().count() == 1)
                .orElse(null);
    }

    /**
     * By what QEMU opens the render node: where its modules are packaged apart, each kind needs one of its own. What has no
     * display yet is given egl-headless with 3D.
     */
    private static String display(DomainDefinition d) {
        DomainDefinition.Display own = d.display();
        boolean draws = own == null || "yes".equals(d.video().accel3d());
        return (own == null ? DomainDefinition.Display.EGL_HEADLESS : own) + (draws ? " 3d" : "");
    }

    private synchronized Set<String> known() {
        if (!read) {
            read = true;
            try {
                if (Files.size(file) <= MOST_BYTES) {
                    Files.readAllLines(file, StandardCharsets.UTF_8).forEach(this::remember);
                }
            } catch (NoSuchFileException none) {
                LOG.debug("no render node has been seen to work yet");
            } catch (IOException e) {
                LOG.warn("which render nodes work is found out anew: {} cannot be read: {}", file, e.getMessage());
            }
        }
        return proven;
    }

    /** A later line may take an earlier one's meaning away; those of another boot have none. */
    private void remember(String line) {
        String[] fields = line.split("\t", -1);
        if (fields.length < 3 || !fields[0].equals(bootId().orElse(""))) {
            return;
        }
        switch (fields[1]) {
            case CPUS -> cpus = cpus.union(ids(fields[2]));
            case DISPROVED -> {
                proven.removeIf(l -> l.endsWith("\t" + fields[2]));
                proven.add(line);
            }
            default -> proven.add(line);
        }
    }

    private static IdSet ids(String list) {
        try {
            return IdSet.parse(list);
        } catch (IllegalArgumentException malformed) {
            return IdSet.empty();
        }
    }

    private synchronized void write(String line) {
        try {
            Files.createDirectories(
                    file.getParent(),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.writeString(
                    file, line + "\n", StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            LOG.warn(
                    "what starts have shown of render nodes is remembered by this process alone: {} cannot be written: {}",
                    file,
                    e.getMessage());
        }
    }
}
