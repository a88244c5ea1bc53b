package org.novagpubinder.cli.terminal;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.novagpubinder.config.oslo.DidYouMean;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in a line what is wrong with the arguments and where help is: thirty lines of help would hide it. */
public final class UsageErrors implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        if (arguments.length == 0) {
            command.usage(err);
        } else {
            String name = command.getCommandSpec().qualifiedName();
            String message = message(e) + "; see `" + name + " --help`";
            err.println("nova-gpu-binder: " + message);
            // picocli may not have come to --json before it met what is wrong
            if (List.of(arguments).contains("--json")) {
                ErrorJson.print(command, message);
            }
        }
        err.flush();
        return Exit.USAGE;
    }

    private static String message(ParameterException e) {
        return e instanceof UnmatchedArgumentException unmatched
                ? unmatched(unmatched)
                : String.valueOf(e.getMessage())
                        .replace("option option", "option")
                        .replaceFirst("\\.$", "")
                        .replaceFirst("is not an? (int|long)$", "is not a whole number, or too large");
    }

    /** An option that stands before its command, as other programs take it. */
    private static Optional<String> ofACommand(CommandLine program, String option) {
        String name = option.split("=", 2)[0];
        return program.getSubcommands().values().stream()
                        .anyMatch(c -> c.getCommandSpec().optionsMap().containsKey(name))
                ? Optional.of(name + " belongs behind the command: nova-gpu-binder COMMAND " + option)
                : Optional.empty();
    }

    private static String unmatched(UnmatchedArgumentException e) {
        if (e.getUnmatched().isEmpty()) {
            // an option in the place of another option's value: picocli names it in the message alone
            return String.valueOf(e.getMessage());
        }
        String what = e.isUnknownOption()
                ? "unknown option"
                : e.getCommandLine().getParent() == null ? "unknown command" : "unexpected argument";
        // of commands picocli suggests any, however far
        String meant = what.equals("unknown command")
                ? DidYouMean.of(
                                e.getUnmatched().get(0),
                                e.getCommandLine().getSubcommands().keySet())
                        .orElse("")
                : String.join(" or ", e.getSuggestions());
        Optional<String> early = e.getCommandLine().getParent() == null
                ? ofACommand(e.getCommandLine(), e.getUnmatched().get(0))
                : Optional.empty();
        if (early.isPresent()) {
            return early.get();
        }
        return what + " '" + e.getUnmatched().get(0) + "'" + (meant.isEmpty() ? "" : "; did you mean " + meant + "?");
    }
}
