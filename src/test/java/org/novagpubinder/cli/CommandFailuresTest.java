package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import picocli.CommandLine;

/** What a command says that cannot do its work: one line, with the remedy, and exit code 2. */
class CommandFailuresTest {
    @TempDir
    Path root;

    private final CommandRig command = new CommandRig();

    @Test
    void aDaemonWithoutABrokerSaysWhereToNameOne() throws Exception {
        assertThat(command.run("run", "--config-file", CommandRig.emptyConfiguration(root)))
                .isEqualTo(Exit.FAILURE);
        assertThat(command.err().lines())
                .singleElement()
                .asString()
                .startsWith("nova-gpu-binder: no broker is configured")
                .contains("transport_url", "[DEFAULT]", "NOVA_GPU_BINDER_NOVA_CONFIG", "[gpu_binder]");
        assertThat(command.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"absent", "file", "empty"})
    void aRootThatIsNoHostIsNamed(String name) throws Exception {
        Files.createDirectory(root.resolve("empty"));
        Files.createFile(root.resolve("file"));
        String path = root.resolve(name).toString();

        assertThat(command.run("topology", "--root", path)).isEqualTo(Exit.FAILURE);
        assertThat(command.err().lines())
                .singleElement()
                .asString()
                .startsWith("nova-gpu-binder: ")
                .contains(path)
                .doesNotContain("Exception");
        assertThat(command.out()).isEmpty();
    }

    @Test
    void whatFailsUnderWayIsOneLineAndNoStackTrace() throws Exception {
        assertThat(reported(new LibvirtFailure(LibvirtFailure.Kind.BUSY, 68, "instance-1: cannot acquire lock")))
                .isEqualTo("nova-gpu-binder: instance-1: cannot acquire lock\n");
        assertThat(reported(new InvalidDomainXml("line 3, column 7: cut off")))
                .isEqualTo("nova-gpu-binder: the domain's XML cannot be read: line 3, column 7: cut off\n");
    }

    @ParameterizedTest
    @CsvSource({
        "'topology --json --root /nonexistent', cannot read the host below /nonexistent, 2",
        "'status --json --config-file /nonexistent', /nonexistent: no such file, 2",
        "'bind --json', Missing required parameter, 64",
        "'plan x --vcpus many --json', 'is not a whole number, or too large; see', 64",
    })
    void whoReadsJsonFindsTheErrorThereToo(String line, String error, int code) throws Exception {
        assertThat(command.run(line.split(" "))).isEqualTo(code);

        assertThat(new ObjectMapper().readTree(command.out()).path("error").asText())
                .contains(error);
        assertThat(command.out().lines()).hasSize(1);
        assertThat(command.err().lines()).singleElement().asString().startsWith("nova-gpu-binder: ");
    }

    @Test
    void aWrongValueIsSaidInTheOperatorsWords() {
        command.run("plan", "--extra-spec", "foo", "x");
        assertThat(command.err()).contains("Value for option '--extra-spec' (K=V)");
        command.run("plan", "--what-if", "--vcpus", "2", "--ram", "99999999999");
        assertThat(command.err()).contains("'99999999999' is not a whole number, or too large;");
    }

    @Test
    void noFailureLooksLikeAWarning() {
        assertThat(Main.commandLine().getSubcommands().values()).isNotEmpty().allSatisfy(c -> assertThat(
                        c.getCommandSpec().exitCodeOnExecutionException())
                .isEqualTo(Exit.FAILURE));
    }

    private static String reported(Exception e) throws Exception {
        CommandLine line = Main.commandLine();
        StringWriter err = new StringWriter();
        line.setErr(new PrintWriter(err, true));
        assertThat(line.getExecutionExceptionHandler().handleExecutionException(e, line, null))
                .isEqualTo(Exit.FAILURE);
        return err.toString().replace(System.lineSeparator(), "\n");
    }
}
