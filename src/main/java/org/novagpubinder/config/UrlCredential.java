package org.novagpubinder.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.oslo.Assignment;
import org.novagpubinder.config.oslo.OptionName;
import org.novagpubinder.config.oslo.Problems;

/**
 * The broker's URL in a file of its own, as a systemd credential (systemd.exec(5), CREDENTIALS): it counts before every
 * configuration file.
 *
 * @param given what systemd has given to this process; null if it was started otherwise
 * @param store where systemd would take it from, for commands that are called by hand; null if that is not looked at
 */
record UrlCredential(@Nullable Path given, @Nullable Path store) {
    /** Its name for systemd, and that of its file. */
    static final String NAME = "nova-gpu-binder.transport_url";

    private static final Path STORE = Path.of("/etc/credstore", NAME);

    static final UrlCredential NONE = new UrlCredential(null, null);

    /** @param environment of the process */
    static UrlCredential of(Map<String, String> environment) {
        String directory = environment.get("CREDENTIALS_DIRECTORY");
        return directory == null ? new UrlCredential(null, STORE) : new UrlCredential(Path.of(directory, NAME), null);
    }

    /** Whether that is a file which systemd has copied at the unit's start. */
    static boolean isCopy(Path file) {
        return file.endsWith(NAME) && !file.equals(STORE);
    }

    /**
     * The file, if there is one.
     *
     * @param filesNamed whether configuration files are named: then the default places count no more, this one neither
     */
    Optional<Path> file(boolean filesNamed) {
        if (given != null) {
            return Optional.of(given).filter(Files::exists);
        }
        // who may not read it may not read nova.conf either, which says so
        return Optional.ofNullable(store).filter(f -> !filesNamed && Files.isReadable(f));
    }

    /** What the file sets: its text is the URL as it is, in which a dollar is a dollar, behind a backslash too. */
    static List<Assignment> assignments(Path file, String text, Problems problems) {
        List<String> lines =
                text.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
        if (lines.size() != 1) {
            problems.error(
                    file,
                    (lines.isEmpty() ? "is empty" : "has several lines")
                            + "; its one line has to be the broker's URL, rabbit://USER:PASSWORD@HOST:PORT/VHOST");
            return List.of();
        }
        OptionName option = GpuBinderOptions.TRANSPORT_URL.name();
        return List.of(new Assignment(
                file, 1, option.section(), option.name(), lines.get(0).replace("$", "%24")));
    }
}
