package org.novagpubinder.cli.terminal;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The version that the build wrote into the jar's manifest; as a command it prints it. */
@Command(name = "version", description = "Prints the version, as --version does.")
public final class Version implements IVersionProvider, Runnable {
    @Spec
    private CommandSpec command = CommandSpec.create();

    /** The version, or "development" when not run from a jar. */
    public static String text() {
        String v = Version.class.getPackage().getImplementationVersion();
        return v == null ? "development" : v;
    }

    @Override
    public void run() {
        command.commandLine().getOut().println(getVersion()[0]);
    }

    @Override
    public String[] getVersion() {
        return new String[] {"nova-gpu-binder " + text()};
    }
}
