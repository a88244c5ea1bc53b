package org.novagpubinder.cli.daemon;

import com.google.inject.Module;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.daemon.BindingModule;
import org.novagpubinder.config.ConfigLoader;
import org.novagpubinder.config.ConfigModule;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.host.HostModule;
import org.novagpubinder.host.proc.PatientReader;
import org.novagpubinder.observability.Logs;

/**
 * What the options that every command has have said.
 *
 * @param configFiles the files to read; empty: the usual ones
 * @param configDirs the directories to read; empty: the usual ones
 * @param connect libvirt's URI; null: as the configuration says
 * @param root the directory that has sys/ and proc/
 * @param debug whether more is logged than the configuration says
 */
public record RunSettings(
        List<Path> configFiles,
        List<Path> configDirs,
        @Nullable String connect,
        Path root,
        boolean debug) {
    private static final Path THIS_MACHINE = Path.of("/");

    /** A file's name that is neither an option nor a URL. */
    private static final Pattern PLAIN = Pattern.compile("[^-:][^:]*");

    public RunSettings {
        configFiles = List.copyOf(configFiles);
        configDirs = List.copyOf(configDirs);
    }

    /**
     * Reads the arguments of a daemon as services start it. To set up picocli for all commands takes a fifth of the CPU time of
     * a start.
     *
     * @return empty if it is another command, or anything that this does not read: picocli reads it then, or says what is wrong
     */
    public static Optional<RunSettings> ofDaemon(String[] args) {
        if (args.length == 0 || !args[0].equals("run")) {
            return Optional.empty();
        }
        List<Path> files = new ArrayList<>();
        List<Path> directories = new ArrayList<>();
        Path root = THIS_MACHINE;
        boolean debug = false;
        try {
            for (int i = 1; i < args.length; i++) {
                boolean valued =
                        i + 1 < args.length && PLAIN.matcher(args[i + 1]).matches();
                if (args[i].equals("--debug")) {
                    debug = true;
                } else if (!valued) {
                    return Optional.empty();
                } else if (args[i].equals("--config-file")) {
                    files.add(Path.of(args[++i]));
                } else if (args[i].equals("--config-dir")) {
                    directories.add(Path.of(args[++i]));
                } else if (args[i].equals("--root") && root.equals(THIS_MACHINE)) {
                    root = Path.of(args[++i]);
                } else {
                    return Optional.empty();
                }
            }
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
        return Optional.of(new RunSettings(files, directories, null, root, debug));
    }

    /**
     * The configuration with what is wrong in it; from now on as much is logged as it says.
     *
     * @param processes who looks for nova-compute's process; give the same one to {@link #readAgain}
     */
    public ConfigReport report(PatientReader processes) {
        Logs.debug(debug);
        return readAgain(processes);
    }

    /** The same while a daemon runs: of one that is wrong nothing is taken. */
    ConfigReport readAgain(PatientReader processes) {
        ConfigReport report = new ConfigLoader(processes).report(configFiles, configDirs);
        if (report.errors().isEmpty()) {
            Logs.debug(debug || report.config().operator().debug());
        }
        return connect == null ? report : report.withConnectionUri(connect);
    }

    /** The readers of the host below the root. */
    public HostModule hostModule(BinderConfig config) {
        return new HostModule(root, config.binding().gpuNodes());
    }

    /** The modules that every command and the daemon share. */
    public List<Module> modules(BinderConfig config, Module libvirt) {
        return List.of(new ConfigModule(config), hostModule(config), libvirt, new BindingModule());
    }
}
