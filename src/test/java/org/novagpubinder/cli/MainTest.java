package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class MainTest {
    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nope                        | unknown command 'nope'; see `nova-gpu-binder --help`",
                "statsu                      | unknown command 'statsu'; did you mean status?; see `nova-gpu-binder --help`",
                "topology --svgg x           | unknown option '--svgg'; did you mean --svg?; see `nova-gpu-binder topology --help`",
                "--root x status             | --root belongs behind the command: nova-gpu-binder COMMAND --root; see `nova-gpu-binder --help`",
                "decode --root x             | --root does nothing here: only the files that are named are read; see `nova-gpu-binder decode --help`",
                "status --connect foo://     | --connect 'foo://': libvirt has no driver 'foo': usually it is qemu:///system; see `nova-gpu-binder status --help`",
                "status --connect foo        | --connect 'foo' is neither a URI of libvirt nor an alias in its libvirt.conf (uri_aliases): usually it is qemu:///system; see `nova-gpu-binder status --help`",
                "topology --svg foo://x      | Invalid value for option '--svg': 'foo://x' is a URL: a file of this machine is asked for; see `nova-gpu-binder topology --help`",
                "--nope                      | unknown option '--nope'; see `nova-gpu-binder --help`",
                "--                          | Missing required subcommand; see `nova-gpu-binder --help`",
                "plan --jsn                  | unknown option '--jsn'; did you mean --json?; see `nova-gpu-binder plan --help`",
                "topology here               | unexpected argument 'here'; see `nova-gpu-binder topology --help`",
                "plan                        | give either a DOMAIN or --domain-xml FILE; see `nova-gpu-binder plan --help`",
            })
    void badUsageIsToldInOneLineWithTheWayToHelp(String arguments, String message) {
        assertThat(run(arguments.split(" "))).isEqualTo(64);
        assertThat(err.toString()).isEqualTo("nova-gpu-binder: " + message + System.lineSeparator());
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void withoutArgumentsTheCommandsAreListed() {
        assertThat(run()).isEqualTo(64);
        assertThat(err.toString()).startsWith("Usage: nova-gpu-binder").contains("topology", "decode");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bind", "check", "decode", "plan", "restarts", "run", "status", "topology"})
    void everyCommandTellsItsVersionAndItsExitCodes(String command) {
        assertThat(run(command, "--version")).isZero();
        assertThat(out.toString()).startsWith("nova-gpu-binder ");
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString()).containsPattern("Exit codes:\\R  0  .*\\R(.*\\R)*  64 +bad usage");
    }

    @Test
    void helpForNoCommandIsOneSentence() {
        assertThat(run("help", "nosuch")).isEqualTo(64);
        assertThat(err.toString()).contains("'nosuch'; see `nova-gpu-binder --help`");
    }

    @Test
    void helpAndVersionAreCommandsToo() {
        assertThat(run("help", "plan")).isZero();
        assertThat(out.toString()).startsWith("Usage: nova-gpu-binder plan ").contains("Exit codes:");
        out.getBuffer().setLength(0);
        assertThat(run("version")).isZero();
        assertThat(out.toString()).startsWith("nova-gpu-binder ");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void anErrorThatNobodyForesawIsAFailureAndNoWarning() {
        assertThat(Main.commandLine().getSubcommands().values())
                .allSatisfy(c -> assertThat(c.getCommandSpec().exitCodeOnExecutionException())
                        .isEqualTo(2));
    }

    @Command(name = "boom")
    private static final class Boom implements Callable<Integer> {
        private final Throwable thrown;

        @Mixin
        private CommonOptions common = new CommonOptions();

        Boom(Throwable thrown) {
            this.thrown = thrown;
        }

        @Override
        public Integer call() throws Exception {
            assertThat(common.json).isTrue();
            if (thrown instanceof Error e) {
                throw e;
            }
            throw (Exception) thrown;
        }
    }

    @Test
    void aDefectIsAFailureTooAndOneObjectForWhoReadsJson() throws Exception {
        for (Throwable defect : List.of(new StackOverflowError("deep"), new IllegalStateException("odd"))) {
            out.getBuffer().setLength(0);
            CommandLine line = Main.commandLine();
            line.addSubcommand(new Boom(defect));
            line.setOut(new PrintWriter(out));
            line.setErr(new PrintWriter(err));

            assertThat(Main.execute(line, "boom", "--json")).isEqualTo(2);

            assertThat(new ObjectMapper().readTree(out.toString()).path("error").asText())
                    .contains(defect.getMessage());
        }
    }

    @Test
    void aLibvirtThatGoesAwayInTheMiddleOfACommandIsOneLineAndAFailure() throws Exception {
        CommandLine line = Main.commandLine();
        line.setErr(new PrintWriter(err, true));
        LibvirtFailure gone = new LibvirtFailure(LibvirtFailure.Kind.CONNECTION, 38, "libvirt closed the connection");

        assertThat(line.getExecutionExceptionHandler().handleExecutionException(gone, line, line.parseArgs("status")))
                .isEqualTo(2);
        assertThat(err.toString()).isEqualTo("nova-gpu-binder: libvirt closed the connection" + System.lineSeparator());
    }

    @ParameterizedTest
    @ValueSource(strings = {"plan --domain-xml", "decode"})
    void aFileThatCannotBeReadIsNamedOnceWithTheCause(String command) {
        assertThat(run((command + " " + directory).split(" "))).isEqualTo(2);
        assertThat(run((command + " " + directory + "/gone").split(" "))).isEqualTo(2);
        assertThat(err.toString().lines().toList())
                .satisfiesExactly(
                        l -> assertThat(l).endsWith(directory + ": it is a directory: name the files in it"),
                        l -> assertThat(l).endsWith(directory + "/gone: no such file"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plan --domain-xml", "decode"})
    void aNameThatTheLocaleCannotSpellIsAnErrorAndNoStackTrace(String command) {
        // what the JVM makes of a non-ASCII name under LC_ALL=C is refused as a NUL is
        String[] words = (command + " guest\0.xml").split(" ");

        assertThat(run(words)).isEqualTo(2);
        assertThat(err.toString().lines().toList())
                .singleElement()
                .satisfies(l -> assertThat(l).contains("set LC_ALL=C.UTF-8").doesNotContain("Exception"));
    }

    @Test
    void aDirectoryThatTheLocaleCannotSpellIsBadUsage() {
        assertThat(run("topology", "--root", "tree\0")).isEqualTo(64);
        assertThat(err.toString()).contains("--root", "set LC_ALL=C.UTF-8").doesNotContain("Exception");
    }

    private int run(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}
