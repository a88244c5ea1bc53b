package org.novagpubinder.host.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.novagpubinder.host.common.DaemonThreads;

/**
 * The host's files as libvirt's daemon sees them: it may run in a container with mounts of its own, and this process may be
 * one from which systemd hides much. So they are looked at through /proc/PID/root of libvirtd or virtqemud; if neither runs
 * (a driver inside this process, or between two clients of a daemon that is started on demand), of process 1; and in a
 * captured tree, which has no such link, in the tree itself.
 */
public final class LibvirtView {
    private static final Set<String> DAEMONS = Set.of("libvirtd", "virtqemud");

    private final Path root;
    private final PatientFiles files;
    private volatile List<Daemon> known = List.of();

    public LibvirtView(Path root) {
        this(root, DaemonThreads.pool("file-look"));
    }

    /** @param threads who look at the files */
    public LibvirtView(Path root, Executor threads) {
        this(root, new PatientFiles(threads));
    }

    LibvirtView(Path root, PatientFiles files) {
        this.root = root;
        this.files = files;
    }

    public enum State {
        /** A file, directory, device or the like. */
        THERE,
        SOCKET,
        ABSENT,
        /** It could not be looked at. */
        UNKNOWN
    }

    /**
     * What is at a path.
     *
     * @param why for UNKNOWN what kept us from looking; else empty
     */
    public record Seen(State state, String why) {
        static final Seen ABSENT = new Seen(State.ABSENT, "");
    }

    /** A process of libvirt's, and what tells it from another one with that number. */
    private record Daemon(int pid, long start) {}

    /**
     * Looks at paths in one moment: which processes are libvirt's is found out once. With several of different mounts (one in
     * a container that somebody has left running, say) a thing is there only if all of them see it.
     */
    public Look look() {
        List<Path> roots = new ArrayList<>();
        for (Daemon daemon : daemons()) {
            roots.add(root.resolve("proc/" + daemon.pid + "/root"));
        }
        Path init = root.resolve("proc/1/root");
        if (roots.isEmpty()) {
            roots.add(Files.exists(init, LinkOption.NOFOLLOW_LINKS) ? init : root);
        }
        return new Look(roots, files);
    }

    /** Paths as they were seen in one moment. */
    public record Look(List<Path> roots, PatientFiles files) {
        public Look {
            roots = List.copyOf(roots);
        }

        /**
         * What is at a path; links are followed inside the view. Unknown if its file system does not answer (NFS without its
         * server).
         *
         * @param path an absolute one
         */
        public Seen at(String path) {
            return files.at(path, this::inAll);
        }

        private Seen inAll(String path) {
            Seen worst = null;
            for (Path base : roots) {
                Seen seen = new FileWalk(base).at(path);
                worst = worst == null || seen.state().compareTo(worst.state()) > 0 ? seen : worst;
            }
            return worst == null ? Seen.ABSENT : worst;
        }
    }

    /**
     * When what is at a path was last replaced or changed (ctime), as all that see it agree; empty if they do not, or it
     * cannot be looked at.
     *
     * @param path an absolute one
     */
    public Optional<FileTime> changed(String path) {
        List<FileTime> times = new ArrayList<>();
        for (Path base : look().roots) {
            try {
                times.add((FileTime) Files.getAttribute(base.resolve(path.substring(1)), "unix:ctime"));
            } catch (IOException e) {
                return Optional.empty();
            }
        }
        return times.stream().distinct().count() == 1 ? Optional.of(times.get(0)) : Optional.empty();
    }

    private List<Daemon> daemons() {
        List<Daemon> last = known;
        if (!last.isEmpty() && last.stream().allMatch(d -> start(d.pid).equals(Optional.of(d.start)))) {
            return last;
        }
        known = scan();
        return known;
    }

    private List<Daemon> scan() {
        // one of each view of the files; several processes may share one
        TreeMap<String, Daemon> byView = new TreeMap<>();
        for (int pid : Dir.below(root, "proc").map(Dir::pids).orElse(List.of())) {
            daemon(pid).ifPresent(d -> byView.putIfAbsent(view(pid), d));
        }
        return List.copyOf(byView.values());
    }

    /** The process if it is a daemon of libvirt's that runs as root: those of users (qemu:///session) are none of ours. */
    private Optional<Daemon> daemon(int pid) {
        Dir dir = process(pid);
        if (dir.text("comm").filter(DAEMONS::contains).isEmpty()) {
            return Optional.empty();
        }
        boolean root = dir.text("status")
                .map(s -> s.matches("(?s).*\\bUid:\\s+0\\b.*"))
                .orElse(false);
        return root ? start(pid).map(s -> new Daemon(pid, s)) : Optional.empty();
    }

    private Optional<Long> start(int pid) {
        return process(pid).text("stat").flatMap(ProcStat::startTicks);
    }

    private Dir process(int pid) {
        return new Dir(root, root.resolve("proc/" + pid));
    }

    private String view(int pid) {
        Dir dir = process(pid);
        Optional<String> mounts = new Dir(root, dir.path().resolve("ns")).link("mnt");
        Optional<String> top = dir.link("root");
        return mounts.isPresent() && top.isPresent() ? mounts.get() + top.get() : Integer.toString(pid);
    }
}
