package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.cli.live.DaemonUnit.Restarted;
import org.novagpubinder.cli.live.ObserveFile;
import org.novagpubinder.cli.terminal.Exit;
import picocli.CommandLine;

/** {@code disable} and {@code enable} on a host where something is wrong. */
class DisableCommandTest {
    @TempDir
    Path root;

    private final List<Restarted> restarts = new ArrayList<>();
    private final CommandRig command = new CommandRig(this::program);
    private Path observe;

    private CommandLine program() {
        CommandLine line = Main.commandLine();
        line.getCommandSpec().removeSubcommand("enable");
        line.getCommandSpec().removeSubcommand("disable");
        ObserveFile file = new ObserveFile(observe);
        line.addSubcommand(new EnableCommand(file, this::restarted));
        line.addSubcommand(new DisableCommand(file, this::restarted));
        return line.setExecutionExceptionHandler(line.getExecutionExceptionHandler());
    }

    private Restarted restarted() {
        restarts.add(Restarted.DONE);
        return Restarted.DONE;
    }

    private String config(String text) throws Exception {
        observe = root.resolve("observe.conf");
        return Files.writeString(root.resolve("own.conf"), text).toString();
    }

    @Test
    void aDaemonThatDoesNotStartWithItsConfigurationIsTold() throws Exception {
        String wrong = config("[gpu_binder]\npolcy = off\n");

        assertThat(command.run("disable", "--config-file", wrong)).isEqualTo(Exit.WARNING);

        assertThat(observe).exists();
        assertThat(restarts)
                .as("the one that runs was to change no guest any more")
                .hasSize(1);
        assertThat(command.err()).contains("no daemon starts with this configuration", "polcy: no such option");
    }

    @Test
    void whereTheFileCannotBeWrittenTheDaemonCanStillBeStopped() throws Exception {
        String empty = config("");
        observe = Files.writeString(root.resolve("file"), "").resolve("observe.conf");

        assertThat(command.run("disable", "--config-file", empty)).isEqualTo(Exit.FAILURE);

        assertThat(restarts).isEmpty();
        assertThat(command.err().lines())
                .singleElement()
                .asString()
                .contains(
                        "observe.conf cannot be written: ",
                        "a daemon that is stopped (`systemctl stop nova-gpu-binder`) changes no guest either")
                .doesNotContain("Exception");
    }

    @Test
    void aConfigurationWithErrorsIsNotLiveAlready() throws Exception {
        String wrong = config("[gpu_binder]\nobserve_only = ture\n");

        assertThat(command.run("enable", "--config-file", wrong)).isEqualTo(Exit.FAILURE);

        assertThat(command.out()).doesNotContain("live already");
        assertThat(command.err()).contains("'ture' is neither true nor false");
    }
}
