package org.novagpubinder.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the package's command gives to Java. */
class LauncherTest {
    @TempDir
    Path home;

    /** Messages of glibc such as "Broken pipe" are compared; LANGUAGE counts in every locale but C. */
    @ParameterizedTest
    @CsvSource({"LANG, C.UTF-8, unset", "LC_ALL, de_DE.UTF-8, de_DE.UTF-8", "LC_MESSAGES, de_DE.UTF-8, unset"})
    void messagesAreEnglishAndCharactersThoseOfTheLocale(String variable, String locale, String characters)
            throws Exception {
        assertThat(started(Map.of("LANGUAGE", "de", variable, locale)))
                .isEqualTo("all unset messages C characters " + characters);
    }

    @Test
    void anEmptyLocaleIsNone() throws Exception {
        assertThat(started(Map.of("LC_ALL", ""))).isEqualTo("all  messages C characters unset");
    }

    private String started(Map<String, String> environment) throws IOException, InterruptedException {
        Path java = home.resolve("bin/java");
        Files.createDirectories(java.getParent());
        Files.writeString(
                java,
                "#!/bin/sh\necho all \"${LC_ALL-unset}\" messages \"$LC_MESSAGES\" characters \"${LC_CTYPE-unset}\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
        ProcessBuilder launcher = new ProcessBuilder("sh", "src/packaging/nova-gpu-binder").redirectErrorStream(true);
        launcher.environment().keySet().removeIf(name -> name.startsWith("LC_"));
        launcher.environment().putAll(environment);
        launcher.environment().put("JAVA_HOME", home.toString());
        Process process = launcher.start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return told.strip();
    }
}
