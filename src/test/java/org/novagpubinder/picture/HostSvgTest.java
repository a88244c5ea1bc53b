package org.novagpubinder.picture;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HostSvgTest {
    @Test
    void writes() throws Exception {
        Path dir = Files.createDirectories(Path.of("target/pictures"));
        Files.writeString(dir.resolve("small.svg"), HostSvg.file(Scenes.small()));
        Files.writeString(dir.resolve("hostile.svg"), HostSvg.file(Scenes.hostile()));
        for (int nodes : new int[] {1, 2, 4, 8, 16}) {
            Files.writeString(dir.resolve("n" + nodes + ".svg"), HostSvg.file(Scenes.of(nodes, 16, 200)));
            Files.writeString(dir.resolve("n" + nodes + "-g4-7.svg"), HostSvg.file(Scenes.of(nodes, 4, 7)));
            Files.writeString(dir.resolve("n" + nodes + "-g8-0.svg"), HostSvg.file(Scenes.of(nodes, 8, 0)));
        }
    }
}
