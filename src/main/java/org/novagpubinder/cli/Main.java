package org.novagpubinder.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.novagpubinder.cli.daemon.DaemonRun;
import org.novagpubinder.cli.daemon.NativeLibraries;
import org.novagpubinder.cli.daemon.RunSettings;
import org.novagpubinder.cli.files.FileArgument;
import org.novagpubinder.cli.terminal.CommandFailure;
import org.novagpubinder.cli.terminal.ErrorJson;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.cli.terminal.StandardOutput;
import org.novagpubinder.cli.terminal.Terminal;
import org.novagpubinder.cli.terminal.UsageErrors;
import org.novagpubinder.cli.terminal.Version;
import org.novagpubinder.config.ConfigException;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.common.Printable;
import org.novagpubinder.host.sysfs.HostReadException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** The program: {@code nova-gpu-binder COMMAND}. */
@Command(
        name = "nova-gpu-binder",
        description = "Binds the GPU guests of a nova-compute host to the NUMA node of their GPU.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        footer = {
            "%nExamples:",
            "  nova-gpu-binder status                     how the host's GPU guests stand",
            "  nova-gpu-binder topology --svg host.svg    a picture of it",
            "  nova-gpu-binder plan instance-0000002a     what would be done, and why",
            "%n`nova-gpu-binder COMMAND --help` says more about a command."
        },
        subcommands = {
            BindCommand.class,
            CheckCommand.class,
            DecodeCommand.class,
            DisableCommand.class,
            EnableCommand.class,
            PlanCommand.class,
            ReleaseCommand.class,
            RestartsCommand.class,
            RunCommand.class,
            StatusCommand.class,
            TopologyCommand.class,
            Version.class,
            CommandLine.HelpCommand.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        // libvirt-java takes JNA's default encoding, which under LC_ALL=C would turn non-ASCII into '?'
        System.setProperty("jna.encoding", "UTF-8");
        NativeLibraries.tell();
        // Guice makes classes by sun.misc.Unsafe, of which Java 24 and later warn at each start; reflection does
        System.setProperty("guice_bytecode_gen_option", "DISABLED");
        // a trace of each binding's place is for errors in modules, which tests find
        System.setProperty("guice_include_stack_traces", "OFF");
        StandardOutput stdout = new StandardOutput(new FileOutputStream(FileDescriptor.out));
        System.setOut(new PrintStream(stdout, true, StandardCharsets.UTF_8));
        Optional<RunSettings> daemon = RunSettings.ofDaemon(args);
        int code = daemon.isPresent() ? run(daemon.get()) : command(args);
        if (stdout.lost().isPresent()) {
            System.err.println("nova-gpu-binder: cannot write to standard output: "
                    + stdout.lost().get());
            code = Exit.FAILURE;
        }
        System.exit(code);
    }

    private static int run(RunSettings settings) {
        try {
            return new DaemonRun(settings).run();
        } catch (ConfigException | CommandFailure | InterruptedException | RuntimeException e) {
            PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
            List<String> lines = lines(e);
            lines.forEach(line -> err.println("nova-gpu-binder: " + Printable.of(line)));
            if (lines.isEmpty()) {
                e.printStackTrace(err);
            }
            return Exit.FAILURE;
        }
    }

    private static int command(String[] args) {
        return execute(commandLine(Terminal.columns(), !Terminal.utf8(System.getenv())), args);
    }

    /** Runs a command. Of what picocli lets pass the JVM would make exit code 1, which is a warning here. */
    static int execute(CommandLine program, String... args) {
        try {
            return program.execute(args);
        } catch (Error e) {
            return defect(e, program, List.of(args).contains("--json"));
        }
    }

    private static int defect(Throwable e, CommandLine command, boolean json) {
        e.printStackTrace(command.getErr());
        if (json) {
            ErrorJson.print(command, "a defect of nova-gpu-binder: " + e);
        }
        return Exit.FAILURE;
    }

    /** The command line for such a terminal. */
    static CommandLine commandLine(int columns, boolean ascii) {
        CommandLine program = commandLine();
        program.getSubcommands().values().stream()
                .flatMap(command -> common(command).stream())
                .forEach(options -> options.show(columns, ascii));
        return program;
    }

    /** The command line, as tests call it. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(Terminal.ansi()));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        // after --domain-xml a misspelt option would be taken for a file
        line.setUnmatchedOptionsAllowedAsOptionParameters(false);
        line.setExecutionExceptionHandler((e, command, result) -> report(e, command));
        line.setParameterExceptionHandler(new UsageErrors());
        line.registerConverter(Path.class, FileArgument::path);
        line.getSubcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                // the others are picocli's help, and version
                .filter(command -> !command.usageMessage().exitCodeList().isEmpty())
                .forEach(command ->
                        command.mixinStandardHelpOptions(true).usageMessage().exitCodeListHeading("Exit codes:%n"));
        Stream.concat(Stream.of(line), line.getSubcommands().values().stream())
                .map(CommandLine::getCommandSpec)
                .forEach(command -> command.versionProvider(new Version()).exitCodeOnExecutionException(Exit.FAILURE));
        return line;
    }

    private static int report(Exception e, CommandLine command) {
        List<String> lines = lines(e);
        if (lines.isEmpty()) {
            return defect(e, command, wantsJson(command));
        }
        lines.forEach(line -> command.getErr().println("nova-gpu-binder: " + Printable.of(line)));
        if (e instanceof CommandFailure failure) {
            failure.more().forEach(line -> command.getErr().println("  " + Printable.of(line)));
        }
        if (wantsJson(command)) {
            ErrorJson.print(command, String.join("; ", lines));
        }
        return e instanceof CommandFailure failure ? failure.exitCode() : Exit.FAILURE;
    }

    /** What is wrong, a line each; empty if it is a defect of ours. */
    private static List<String> lines(Exception e) {
        if (e instanceof ConfigException bad) {
            return bad.errors();
        }
        if (e instanceof InvalidDomainXml) {
            return List.of("the domain's XML cannot be read: " + e.getMessage());
        }
        return e instanceof CommandFailure || e instanceof LibvirtFailure || e instanceof HostReadException
                ? List.of(String.valueOf(e.getMessage()))
                : List.of();
    }

    private static boolean wantsJson(CommandLine command) {
        return common(command).filter(options -> options.json).isPresent();
    }

    private static Optional<CommonOptions> common(CommandLine command) {
        return command.getCommandSpec().mixins().values().stream()
                .map(CommandSpec::userObject)
                .filter(CommonOptions.class::isInstance)
                .map(CommonOptions.class::cast)
                .findFirst();
    }
}
