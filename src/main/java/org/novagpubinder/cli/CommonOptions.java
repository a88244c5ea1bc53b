package org.novagpubinder.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.cli.daemon.RunSettings;
import org.novagpubinder.cli.files.UriAliases;
import org.novagpubinder.cli.terminal.Ascii;
import org.novagpubinder.cli.terminal.CommandFailure;
import org.novagpubinder.cli.terminal.Progress;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.cli.terminal.Terminal;
import org.novagpubinder.config.ConfigException;
import org.novagpubinder.config.ConfigLoader;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.NovaPlaces;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.connection.LibvirtOnce;
import org.novagpubinder.host.common.Printable;
import org.novagpubinder.host.proc.PatientReader;
import org.novagpubinder.observability.Logs;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that every command has. */
final class CommonOptions {
    private static final String OBSERVED =
            "The daemon observes only (observe_only): it changes no guest. `nova-gpu-binder enable`"
                    + " shows what it would do, and takes it live.";

    private static final Pattern URI_FORM = Pattern.compile("([a-z]+)(\\+[a-z0-9]+)?:/.*");

    /** libvirt's docs/drivers.rst. */
    private static final Set<String> DRIVERS =
            Set.of("qemu", "test", "ch", "xen", "lxc", "vz", "openvz", "vbox", "vpx", "esx", "gsx", "hyperv", "bhyve");

    @Option(
            names = "--config-file",
            paramLabel = "FILE",
            description = "Read this configuration file (oslo.config's form; repeatable, later wins). Default: "
                    + "nova-compute's (/usr/share/nova/nova-dist.conf, /etc/nova/nova.conf, /etc/nova/nova-compute.conf; "
                    + "of Kolla or EDPM below /etc/kolla/nova-compute or /var/lib/openstack/nova; or what "
                    + NovaPlaces.VARIABLE
                    + " names, FILE:DIRECTORY) and /etc/nova-gpu-binder/nova-gpu-binder.conf, as far as "
                    + "they exist.")
    List<Path> configFiles = List.of();

    @Option(
            names = "--config-dir",
            paramLabel = "DIR",
            description = "Then read every *.conf in this directory (repeatable). Default: /etc/nova/nova.conf.d and "
                    + "/etc/nova/nova-compute.conf.d, as far as they exist.")
    List<Path> configDirs = List.of();

    @Option(
            names = "--connect",
            paramLabel = "URI",
            description = "libvirt's URI, or an alias of it in libvirt.conf (uri_aliases); default as nova.conf says.")
    @Nullable
    String connect;

    @Option(
            names = "--root",
            paramLabel = "DIR",
            description = "Read sys/ and proc/ below DIR: another machine's captured tree.")
    Path root = Path.of("/");

    @Option(
            names = "--json",
            description =
                    "Print one JSON document on stdout (of several files one each, a line each); if there is no result,"
                            + " {\"error\": TEXT}.")
    boolean json;

    @Option(names = "--debug", description = "Log more, on stderr: level DEBUG.")
    boolean debug;

    @Option(names = "--no-color", description = "No colour, even on a terminal.")
    boolean noColor;

    private boolean observed;
    private int width = Screen.USUAL_WIDTH;
    private boolean ascii;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    interface Work<T> {
        T with(Engine engine) throws Exception;
    }

    /**
     * Does something with an engine that is connected to libvirt; if it lasts, a terminal shows that.
     *
     * @throws CommandFailure if there is no connection
     */
    <T> T ask(Work<T> work) throws Exception {
        BinderConfig config = config();
        try (Progress progress = new Progress(err());
                Engine engine = opened(config, progress)) {
            return work.with(engine);
        }
    }

    private Engine opened(BinderConfig config, Progress progress) throws CommandFailure {
        progress.at("asking libvirt at " + Printable.of(LibvirtOnce.shown(config.connectionUri())));
        return Engine.open(this, config);
    }

    /** The result of a command, all at once. */
    void print(String text) {
        write(ascii && !json ? Ascii.of(text) : text);
    }

    /** The same of what is for programs. */
    void write(String text) {
        command.commandLine().getOut().print(text);
        command.commandLine().getOut().flush();
    }

    PrintWriter err() {
        return command.commandLine().getErr();
    }

    /** A warning; the command goes on. */
    void warn(String text) {
        err().println("nova-gpu-binder: warning: " + Printable.of(text));
        err().flush();
    }

    /** Refuses options that this command, or this use of it, does not heed: who gives one expects something of it. */
    void refuse(String why, String... options) {
        for (String option : options) {
            if (command.commandLine().getParseResult() != null
                    && command.commandLine().getParseResult().hasMatchedOption(option)) {
                throw usage(option + " does nothing here: " + why);
            }
        }
    }

    ParameterException usage(String message) {
        return new ParameterException(command.commandLine(), message);
    }

    /** The configuration that these options name, --connect applied; as if the daemon changed guests. */
    BinderConfig config() throws ConfigException {
        BinderConfig config = report().checked();
        observed = config.binding().observeOnly();
        return config.live();
    }

    /** That the daemon changes nothing of what was shown; empty if it does. Known once the configuration was read. */
    Optional<String> observed() {
        return observed ? Optional.of(OBSERVED) : Optional.empty();
    }

    /** Whether the configuration that was read has the daemon only look. */
    boolean observeOnly() {
        return observed;
    }

    /** The same with all that is wrong told beside it. */
    ConfigReport report() {
        return settings().report(new PatientReader(ConfigLoader.PATIENCE));
    }

    /** What they say, checked as far as it needs no file. */
    RunSettings settings() {
        return new RunSettings(configFiles, configDirs, connect == null ? null : uri(connect), root, debug);
    }

    /** What is no URI libvirt takes for the name of a default, and tells of a driver that nobody has named. */
    private String uri(String said) {
        String meant = UriAliases.ofUser(System.getProperty("user.name", ""), System.getenv())
                .uri(said)
                .orElse(said);
        Matcher uri = URI_FORM.matcher(meant);
        if (!uri.matches()) {
            throw usage("--connect '" + said + "' is neither a URI of libvirt nor an alias in its libvirt.conf"
                    + " (uri_aliases): usually it is qemu:///system");
        }
        if (!DRIVERS.contains(uri.group(1))) {
            throw usage("--connect '" + said + "': libvirt has no driver '" + uri.group(1)
                    + "': usually it is qemu:///system");
        }
        return meant;
    }

    /**
     * The same as {@link #config} for a look below --root. Another machine's tree is looked at with this machine's
     * configuration too, for that says what Nova may use; but not if nobody has named it and it cannot be read.
     */
    BinderConfig configOfRoot() throws ConfigException {
        Logs.debug(debug);
        return nameConfiguration() || ofThisMachine() ? config() : readable(report(), this::warn);
    }

    /** Whether they say which files to read. */
    boolean nameConfiguration() {
        return !configFiles.isEmpty() || !configDirs.isEmpty();
    }

    /** Whether no other machine's tree is looked at. */
    boolean ofThisMachine() {
        return root.equals(Path.of("/"));
    }

    /** Whether there is a libvirt that knows the guests: not of another machine's tree, unless it is said who does. */
    boolean knowLibvirt() {
        return connect != null || ofThisMachine();
    }

    /** What was read, or nothing of it if a part could not be, which is told. */
    static BinderConfig readable(ConfigReport report, Consumer<String> warn) throws ConfigException {
        if (!report.incomplete()) {
            return report.checked().live();
        }
        report.errors().forEach(warn);
        warn.accept(
                "going on as if this machine had no configuration: what that says of CPUs, flavors and policies is left"
                        + " out; name another by --config-file");
        return ConfigLoader.withoutFiles();
    }

    /** What the text is for that goes to stdout. */
    Screen screen() {
        return new Screen(color(), width);
    }

    /** Shows text as that terminal wants it. */
    void show(int columns, boolean inAscii) {
        width = columns;
        ascii = inAscii;
    }

    /** Whether to colour what goes to stdout. */
    boolean color() {
        return !noColor && !json && Terminal.ansi().enabled();
    }
}
