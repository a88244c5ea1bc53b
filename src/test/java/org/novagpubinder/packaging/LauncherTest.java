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
    @CsvSource({"LANG, C.UTF-8, unset", "LC_CTYPE, de_DE.UTF-8, de_DE.UTF-8", "LC_MESSAGES, de_DE.UTF-8, unset"})
    void messagesAreEnglishAndCharactersThoseOfTheLocale(String variable, String locale, String characters)
            throws Exception {
        assertThat(started(Map.of("LANGUAGE", "de", variable, locale)))
                .isEqualTo("all unset messages C characters " + characters);
    }

    @Test
    void anEmptyLocaleIsNone() throws Exception {
        assertThat(started(Map.of("LC_ALL", ""))).isEqualTo("all  messages C characters unset");
    }

    @Test
    void aLocaleForAllTakesThePlaceOfOneThatIsNotThere() throws Exception {
        Map<String, String> environment =
                Map.of("LANG", "xx_XX.UTF-8", "LC_CTYPE", "xx_XX.UTF-8", "LC_TIME", "xx_XX.UTF-8", "LC_ALL", "C.UTF-8");
        assertThat(started(environment)).isEqualTo("all unset messages C characters unset");
        assertThat(started("env | grep -E '^(LANG|LC_)' | sort", environment)).isEqualTo("LANG=C.UTF-8\nLC_MESSAGES=C");
    }

    private String started(Map<String, String> environment) throws IOException, InterruptedException {
        return started(
                "echo all \"${LC_ALL-unset}\" messages \"$LC_MESSAGES\" characters \"${LC_CTYPE-unset}\"", environment);
    }

    private String started(String java, Map<String, String> environment) throws IOException, InterruptedException {
        Path program = home.resolve("bin/java");
        Files.createDirectories(program.getParent());
        Files.writeString(program, "#!/bin/sh\n" + java + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
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
