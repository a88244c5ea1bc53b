package org.novagpubinder.picture.svg;

import java.nio.file.Files;
import java.nio.file.Path;
import org.novagpubinder.picture.page.HtmlPage;

/** Writes the daemon's page of hosts with 6, 40 and 200 guests, for src/dev/screenshots: {@code guests-N.html}. */
public final class ScenePages {
    private ScenePages() {}

    /**
     * Writes them.
     *
     * @param arguments the directory
     */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        write(directory, 6, Scenes.small());
        write(directory, 40, Scenes.of(2, 8, 40));
        write(directory, 200, Scenes.of(8, 16, 200));
    }

    private static void write(Path directory, int guests, HostPicture picture) throws Exception {
        Files.writeString(directory.resolve("guests-" + guests + ".html"), HtmlPage.render(picture));
    }
}
