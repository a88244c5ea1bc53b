package org.novagpubinder.cli.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UriAliasesTest {
    @TempDir
    Path directory;

    @Test
    void aNameOfLibvirtsClientConfigurationStandsForItsUri() throws Exception {
        Path file = Files.writeString(directory.resolve("libvirt.conf"), """
                # uri_aliases = [ "old=qemu+ssh://old/system" ]
                uri_default = "qemu:///system"
                uri_aliases = [
                  "gpu-7=qemu+ssh://root@gpu-7.example.org/system?keyfile=/root/a=b",
                #  "gone=qemu+ssh://gone/system",
                  'sleet=qemu+tls://sleet.example.org/system',
                ]
                """);
        UriAliases aliases = new UriAliases(file);

        assertThat(aliases.uri("gpu-7")).contains("qemu+ssh://root@gpu-7.example.org/system?keyfile=/root/a=b");
        assertThat(aliases.uri("sleet")).contains("qemu+tls://sleet.example.org/system");
        assertThat(aliases.uri("gone")).isEmpty();
        assertThat(aliases.uri("old")).isEmpty();
        assertThat(aliases.uri("gpu")).isEmpty();
    }

    @Test
    void eachUserHasAFileOfHisOwnAndRootTheHosts() throws Exception {
        Path config = Files.createDirectories(directory.resolve("libvirt"));
        Files.writeString(config.resolve("libvirt.conf"), "uri_aliases = [\"mine=test:///default\"]\n");

        assertThat(UriAliases.ofUser("lena", Map.of("XDG_CONFIG_HOME", directory.toString()))
                        .uri("mine"))
                .contains("test:///default");
        assertThat(UriAliases.ofUser("root", Map.of("XDG_CONFIG_HOME", directory.toString()))
                        .uri("mine"))
                .isEmpty();
        assertThat(new UriAliases(directory.resolve("absent")).uri("mine")).isEmpty();
    }
}
