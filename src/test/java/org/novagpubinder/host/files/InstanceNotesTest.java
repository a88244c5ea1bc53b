package org.novagpubinder.host.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceNotesTest {
    private static final UUID GUEST = UUID.fromString("5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11");

    @TempDir
    Path root;

    private InstanceNotes notes() {
        return new InstanceNotes(root.resolve("run/notes"));
    }

    @Test
    void whatIsWrittenIsReadByTheNextOneUntilItIsRemoved() throws Exception {
        notes().write(GUEST, "a longer text");
        notes().write(GUEST, "short");

        assertThat(notes().all()).containsExactly(GUEST);
        assertThat(notes().of(GUEST)).hasValue("short");

        notes().remove(GUEST);
        assertThat(notes().all()).isEmpty();
        assertThat(notes().of(GUEST)).isEmpty();
    }

    @Test
    void ofTwoWhoNoteTheSameForTheFirstTimeOneGivesWay() throws Exception {
        notes().create(GUEST, "first");

        assertThatThrownBy(() -> notes().create(GUEST, "second"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(GUEST.toString());
        assertThat(notes().of(GUEST)).hasValue("first");
    }

    @Test
    void aLinkInPlaceOfANoteIsNeitherReadNorWrittenThrough() throws Exception {
        Path other = Files.writeString(root.resolve("other"), "another's");
        notes().makeDirectory();
        Files.createSymbolicLink(root.resolve("run/notes/" + GUEST), other);

        assertThat(notes().of(GUEST)).isEmpty();
        notes().write(GUEST, "ours");
        assertThat(notes().of(GUEST)).hasValue("ours");
        assertThat(other).hasContent("another's");
    }

    @Test
    void aNoteThatCannotBeWrittenAnewStays() throws Exception {
        notes().write(GUEST, "first");
        Files.createSymbolicLink(root.resolve("run/notes/" + GUEST + ".new"), root.resolve("other"));

        assertThatThrownBy(() -> notes().write(GUEST, "second")).isInstanceOf(IOException.class);
        assertThat(notes().of(GUEST)).hasValue("first");
        assertThat(notes().all()).containsExactly(GUEST);
    }
}
