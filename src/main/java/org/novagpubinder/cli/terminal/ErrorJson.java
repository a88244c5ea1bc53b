package org.novagpubinder.cli.terminal;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.novagpubinder.host.common.Printable;
import picocli.CommandLine;

/** What stands on stdout with {@code --json} when there is no result: a program that reads it must not find nothing. */
public final class ErrorJson {
    private ErrorJson() {}

    /** Prints {@code {"error":…}}. */
    public static void print(CommandLine command, String message) {
        command.getOut()
                .println(JsonNodeFactory.instance
                        .objectNode()
                        .put("error", Printable.of(message))
                        .toString());
        command.getOut().flush();
    }
}
