package org.novagpubinder.host.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.novagpubinder.host.files.LibvirtView.Seen;
import org.novagpubinder.host.files.LibvirtView.State;

/**
 * The way to a path below a base, as a process whose root is that base would go it: an absolute link leads to the base, not
 * to this process's own root, as it would if the kernel went the way.
 *
 * @param base a directory, or a link to one that only the kernel can follow (/proc/PID/root)
 */
record FileWalk(Path base) {
    /** As Linux' MAXSYMLINKS: what follows more links than that is a loop. */
    private static final int MAX_LINKS = 40;

    private static final int TYPE = 0170000;
    private static final int LINK = 0120000;
    private static final int DIRECTORY = 0040000;
    private static final int SOCKET = 0140000;

    Seen at(String path) {
        Deque<String> rest = new ArrayDeque<>(List.of(path.split("/", -1)));
        List<String> way = new ArrayList<>();
        int type = DIRECTORY;
        int links = 0;
        try {
            while (!rest.isEmpty()) {
                String name = rest.pop();
                if (name.isEmpty() || name.equals(".")) {
                    continue;
                }
                if (type != DIRECTORY) {
                    return Seen.ABSENT;
                }
                if (name.equals("..")) {
                    if (!way.isEmpty()) {
                        way.remove(way.size() - 1);
                    }
                    continue;
                }
                way.add(name);
                Path next = base.resolve(String.join("/", way));
                type = type(next);
                if (type == LINK) {
                    if (++links > MAX_LINKS) {
                        return new Seen(State.UNKNOWN, "too many links at " + next);
                    }
                    Path target = Files.readSymbolicLink(next);
                    way.remove(way.size() - 1);
                    if (target.isAbsolute()) {
                        way.clear();
                    }
                    for (int i = target.getNameCount() - 1; i >= 0; i--) {
                        rest.push(target.getName(i).toString());
                    }
                    type = DIRECTORY;
                }
            }
        } catch (NoSuchFileException gone) {
            return Seen.ABSENT;
        } catch (AccessDeniedException denied) {
            return new Seen(State.UNKNOWN, "permission denied at " + denied.getFile());
        } catch (IOException e) {
            return new Seen(State.UNKNOWN, String.valueOf(e.getMessage()));
        }
        return type == SOCKET ? new Seen(State.SOCKET, "") : new Seen(State.THERE, "");
    }

    /** By stat(2): access(2), which Files.exists calls, is denied for a device that the service's cgroup may not open. */
    private static int type(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & TYPE;
    }
}
