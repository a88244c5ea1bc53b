package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.cli.daemon.RunSettings;
import picocli.CommandLine;

class RunSettingsTest {
    private static Optional<RunSettings> of(String line) {
        return RunSettings.ofDaemon(line.split(" ", -1));
    }

    /** What picocli reads of the same arguments. */
    private static RunSettings byPicocli(String line) {
        CommandLine program = Main.commandLine();
        program.parseArgs(line.split(" "));
        CommandLine run = program.getSubcommands().get("run");
        return ((CommonOptions) run.getCommandSpec().mixins().values().stream()
                        .map(CommandLine.Model.CommandSpec::userObject)
                        .filter(CommonOptions.class::isInstance)
                        .findFirst()
                        .orElseThrow())
                .settings();
    }

    @Test
    void aDaemonIsStartedAsItIsInstalled() {
        assertThat(of("run")).contains(new RunSettings(List.of(), List.of(), null, Path.of("/"), false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run --debug",
                "run --config-file /etc/nova/nova.conf --config-file gpu.conf --config-dir /etc/nova/nova.conf.d",
                "run --root /tmp/x --config-file a.conf --debug",
            })
    void whatItReadsItselfItReadsAsPicocliDoes(String line) {
        assertThat(of(line)).contains(byPicocli(line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "status",
                "run --help",
                "run --json",
                "run --connect qemu:///system",
                "run --config-file",
                "run --config-file --debug",
                "run --config-file ",
                "run --config-file http://x/nova.conf",
                "run --config-file=/etc/nova/nova.conf",
                "run --root /a --root /b",
                "run --debugg",
                "run more",
                "--debug run"
            })
    void allElseIsLeftToPicocli(String line) {
        assertThat(of(line)).isEmpty();
    }
}
