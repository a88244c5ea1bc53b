package org.novagpubinder.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.concurrent.Callable;
import org.novagpubinder.cli.live.DaemonUnit;
import org.novagpubinder.cli.live.DaemonUnit.Restarted;
import org.novagpubinder.cli.live.ObserveFile;
import org.novagpubinder.cli.terminal.CommandFailure;
import org.novagpubinder.cli.terminal.Exit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code disable}: back to only looking. */
@Command(
        name = "disable",
        description = {
            "Makes the daemon of this host only observe: it changes no guest any more, but still says how each stands."
                    + " Guests keep what they have; `release` takes that off. A restart of a guest that is half-done is"
                    + " finished first."
        },
        exitCodeList = {
            "0:it observes",
            "1:it will once you have restarted the daemon, or have corrected its configuration",
            "2:it could not be done",
            "64:bad usage"
        },
        footer = {"%nExamples:", "  nova-gpu-binder disable"})
final class DisableCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    private final ObserveFile file;
    private final Callable<Restarted> daemon;

    DisableCommand() {
        this(new ObserveFile(), new DaemonUnit()::restart);
    }

    /** @param daemon starts it again */
    DisableCommand(ObserveFile file, Callable<Restarted> daemon) {
        this.file = file;
        this.daemon = daemon;
    }

    @Override
    public Integer call() throws Exception {
        common.refuse("it tells what it does in words", "--json");
        common.refuse("it is about this machine's daemon", "--root", "--connect");
        try {
            file.write();
        } catch (IOException e) {
            throw failure(
                    file,
                    "written",
                    e,
                    "; a daemon that is stopped (`systemctl stop nova-gpu-binder`) changes no guest either");
        }
        Restarted how = daemon.call();
        common.print("nova-gpu-binder observes only, by " + file.path() + ". " + restarted(how));
        // only now: whatever they are, the one that runs was to be stopped
        List<String> errors = common.report().errors();
        if (!errors.isEmpty()) {
            throw new CommandFailure(
                    Exit.WARNING,
                    "no daemon starts with this configuration; correct it, then `systemctl restart nova-gpu-binder`:",
                    errors);
        }
        return exit(how);
    }

    /** Not 0 as long as a daemon may run that has not read what was changed. */
    static int exit(Restarted how) {
        return how == Restarted.LEFT_TO_YOU ? Exit.WARNING : Exit.FINE;
    }

    /** What has become of the daemon that runs, a line. */
    static String restarted(Restarted how) {
        return switch (how) {
            case DONE -> "The daemon is being started again; `nova-gpu-binder status` tells how the guests stand.\n";
            case NOT_RUNNING -> "The daemon does not run; `systemctl start nova-gpu-binder` starts it.\n";
            case LEFT_TO_YOU ->
                "systemd has not started the daemon again: if it runs, start it again yourself; it reads its configuration only"
                        + " then.\n";
        };
    }

    static CommandFailure failure(ObserveFile file, String done, IOException e, String meanwhile) {
        return new CommandFailure(file.path() + " cannot be " + done + ": "
                + (e instanceof AccessDeniedException ? "access denied; run it as root" : why(e) + meanwhile));
    }

    private static String why(IOException e) {
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        if (e instanceof FileAlreadyExistsException) {
            return e.getMessage() + " is no directory";
        }
        return reason == null ? String.valueOf(e.getMessage()) : reason;
    }
}
