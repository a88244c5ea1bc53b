package org.novagpubinder.cli.terminal;

import org.novagpubinder.host.common.OwnVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Tells the version, as a command or as the option of every command. */
@Command(name = "version", description = "Prints the version, as --version does.")
public final class Version implements IVersionProvider, Runnable {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Override
    public void run() {
        command.commandLine().getOut().println(getVersion()[0]);
    }

    @Override
    public String[] getVersion() {
        return new String[] {"nova-gpu-binder " + OwnVersion.word()};
    }
}
