package org.novagpubinder.domain.needs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.needs.StartNeed.Kind;
import org.novagpubinder.domain.xml.XmlElement;

/** The needs of a start while they are collected. */
final class NeedList {
    private final List<StartNeed> needs = new ArrayList<>();

    void add(Kind kind, String what, String... values) {
        needs.add(new StartNeed(kind, List.of(values), what));
    }

    /** One of these paths; those that are null or empty are none. Something unknown if none is given. */
    void path(String what, @Nullable String... paths) {
        if (given(paths).isEmpty()) {
            unknown(what + " (its path is not named)");
        }
        pathIfNamed(what, paths);
    }

    /** The same of what libvirt does without, or finds by itself, where no path is given. */
    void pathIfNamed(String what, @Nullable String... paths) {
        if (!given(paths).isEmpty()) {
            needs.add(new StartNeed(Kind.PATH, given(paths), what));
        }
    }

    private static List<String> given(@Nullable String... paths) {
        return Arrays.stream(paths)
                .filter(Objects::nonNull)
                .filter(p -> !p.isBlank())
                .map(String::strip)
                .toList();
    }

    /** A program that libvirt looks for where programs are (virfile.c:virFindFileInPath). */
    void program(String what, String name) {
        path(what, "/usr/bin/" + name, "/usr/local/bin/" + name, "/bin/" + name, "/usr/sbin/" + name);
    }

    /** The directory that QEMU or libvirt makes that file in; nothing if there is no such path. */
    void directoryOf(String what, @Nullable String path) {
        if (path != null && path.lastIndexOf('/') > 0) {
            path("the directory of " + what, path.substring(0, path.lastIndexOf('/')));
        }
    }

    /** A socket that somebody else listens on. */
    void socket(String what, @Nullable String path) {
        if (path == null || path.isBlank()) {
            unknown(what + " (its path is not named)");
        } else {
            add(Kind.SOCKET, what, path.strip());
        }
    }

    void unknown(String what) {
        needs.add(new StartNeed(Kind.UNKNOWN, List.of(), what));
    }

    /** The value of an attribute; something unknown if there is none. */
    void named(Kind kind, String what, XmlElement e, String attribute) {
        String value = e.attribute(attribute);
        if (value == null || value.isBlank()) {
            unknown(tag(e) + " without " + attribute);
        } else {
            add(kind, what, value);
        }
    }

    /** Children that are none of these are unknown. */
    void onlyKnows(XmlElement e, Set<String> names) {
        for (XmlElement child : e.children()) {
            if (!child.namespace().isEmpty() || !names.contains(child.name())) {
                unknown("<" + child.name() + "> in " + tag(e));
            }
        }
    }

    List<StartNeed> all() {
        return List.copyOf(needs);
    }

    /** The element in words: its name, and its type if it has one. */
    static String tag(XmlElement e) {
        String type = e.attribute("type");
        return "<" + e.name() + (type == null ? "" : " type='" + type + "'") + ">";
    }
}
