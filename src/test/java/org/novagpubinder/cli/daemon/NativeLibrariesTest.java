package org.novagpubinder.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibrariesTest {
    @TempDir
    private Path usr;

    private Path with(String directory, String... names) throws IOException {
        Path made = Files.createDirectories(usr.resolve(directory));
        for (String name : names) {
            Files.createFile(made.resolve(name));
        }
        return made;
    }

    @Test
    void debiansAndFedorasDirectoriesAreKnown() throws IOException {
        Path fedora = with("lib64", "libc.so.6", "libvirt.so.0", "libvirt-qemu.so.0");
        assertThat(NativeLibraries.in(usr, "amd64")).contains(fedora);
        Path debian = with("lib/x86_64-linux-gnu", "libc.so.6", "libvirt.so.0", "libvirt-qemu.so.0");
        assertThat(NativeLibraries.in(usr, "amd64")).contains(debian);
        assertThat(NativeLibraries.in(usr, "s390x")).contains(fedora);
    }

    @Test
    void whereOneIsMissingJnaLooksForItself() throws IOException {
        with("lib/x86_64-linux-gnu", "libc.so.6", "libvirt.so.0");
        with("lib", "libvirt.so.0", "libvirt-qemu.so.0");
        assertThat(NativeLibraries.in(usr, "amd64")).isEmpty();
    }
}
