package org.novagpubinder.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in a line what is wrong with the arguments and where help is: thirty lines of help would hide it. */
final class UsageErrors implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        if (arguments.length == 0) {
            command.usage(err);
        } else {
            String name = command.getCommandSpec().qualifiedName();
            err.println("nova-gpu-binder: " + message(e) + "; see `" + name + " --help`");
        }
        err.flush();
        return Main.USAGE;
    }

    private static String message(ParameterException e) {
        return e instanceof UnmatchedArgumentException unmatched ? unmatched(unmatched) : e.getMessage();
    }

    private static String unmatched(UnmatchedArgumentException e) {
        if (e.getUnmatched().isEmpty()) {
            // an option in the place of another option's value: picocli names it in the message alone
            return e.getMessage();
        }
        String what = e.isUnknownOption()
                ? "unknown option"
                : e.getCommandLine().getParent() == null ? "unknown command" : "unexpected argument";
        List<String> similar = e.getSuggestions();
        // picocli names the whole command line of a command, not only its name
        String meant =
                similar.stream().map(s -> s.substring(s.lastIndexOf(' ') + 1)).collect(Collectors.joining(" or "));
        return what + " '" + e.getUnmatched().get(0) + "'" + (meant.isEmpty() ? "" : "; did you mean " + meant + "?");
    }
}
