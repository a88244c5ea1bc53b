package org.novagpubinder.host.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceLinksTest {
    @TempDir
    Path root;

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final DeviceLinks links = new DeviceLinks(() -> now);
    private Path byPath;

    @BeforeEach
    void aRenderNodeWithAName() throws Exception {
        byPath = Files.createDirectories(root.resolve("dev/dri/by-path"));
        Files.createFile(root.resolve("dev/dri/renderD128"));
        link("pci-0000:10:00.0-render", "../renderD128");
        changed(now.minusSeconds(60));
    }

    private void link(String name, String to) throws Exception {
        Files.createSymbolicLink(byPath.resolve(name), Path.of(to));
    }

    /** The directory of names has last changed then. */
    private void changed(Instant at) throws Exception {
        Files.setLastModifiedTime(byPath, FileTime.from(at));
    }

    private Map<String, String> read() throws Exception {
        return links.in(Dir.open(root).dir("dev").orElseThrow());
    }

    @Test
    void theNamesBelowDevAreTold() throws Exception {
        assertThat(read()).containsEntry("/dev/dri/by-path/pci-0000:10:00.0-render", "../renderD128");
        assertThat(read()).hasSize(1);
    }

    @Test
    void aNameThatIsGivenLaterIsSeen() throws Exception {
        read();
        link("mine", "../renderD128");
        changed(now.minusSeconds(30));
        assertThat(read()).containsEntry("/dev/dri/by-path/mine", "../renderD128");
    }

    @Test
    void aNameThatIsTakenAwayIsGone() throws Exception {
        read();
        Files.delete(byPath.resolve("pci-0000:10:00.0-render"));
        changed(now.minusSeconds(30));
        assertThat(read()).isEmpty();
    }

    @Test
    void aNameThatIsGivenWithinTheSameTickOfTheClockIsSeen() throws Exception {
        Instant tick = now.minusMillis(1);
        changed(tick);
        read();
        link("mine", "../renderD128");
        changed(tick);
        now = now.plus(Duration.ofMinutes(1));
        assertThat(read()).containsKey("/dev/dri/by-path/mine");
    }

    @Test
    void anotherDirectoryOfTheSameNameIsReadAnew() throws Exception {
        read();
        Files.move(byPath, root.resolve("former"));
        Files.createDirectories(byPath);
        link("mine", "../renderD128");
        changed(now.minusSeconds(60));
        assertThat(read()).containsOnlyKeys("/dev/dri/by-path/mine");
    }

    @Test
    void whatHasNotChangedIsNotReadAgain() throws Exception {
        read();
        link("unseen", "../renderD128");
        changed(now.minusSeconds(60));
        assertThat(read()).doesNotContainKey("/dev/dri/by-path/unseen");
    }
}
