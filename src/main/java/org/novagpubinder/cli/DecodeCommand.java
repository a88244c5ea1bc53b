package org.novagpubinder.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.novagpubinder.cli.files.FileArgument;
import org.novagpubinder.cli.files.MessageReader;
import org.novagpubinder.cli.files.RecordedBody;
import org.novagpubinder.cli.render.EventJson;
import org.novagpubinder.cli.terminal.CommandFailure;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.notification.decode.DecodeException;
import org.novagpubinder.notification.decode.NotificationDecoder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code decode [FILE…]}: shows what the daemon reads in notifications. */
@Command(
        name = "decode",
        description = {
            "Print what the daemon reads in notification bodies, one JSON object a line.",
            "A file holds bodies, one a line or pretty-printed, or a recording: JSON lines with the body as a string in "
                    + "\"body\" (or as Base64 in \"body_b64\"). A body that cannot be decoded gives {\"error\": TEXT} and the "
                    + "rest is decoded all the same."
        },
        exitCodeList = {"0:every body was decoded", "2:a body or a file could not be read", "64:bad usage"},
        footer = {"%nExamples:", "  nova-gpu-binder decode recorded.jsonl", "  nova-gpu-binder decode < body.json"})
final class DecodeCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "FILE", description = "Files with bodies; '-' or none: standard input.")
    List<String> files = List.of();

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final NotificationDecoder decoder = new NotificationDecoder();

    @Override
    public Integer call() throws CommandFailure {
        common.refuse("only the files that are named are read", "--config-file", "--config-dir", "--connect", "--root");
        boolean fine = true;
        for (String file : files.isEmpty() ? List.of("-") : files) {
            fine &= decode(file);
        }
        return fine ? Exit.FINE : Exit.FAILURE;
    }

    private boolean decode(String file) throws CommandFailure {
        boolean stdin = file.equals("-");
        try (InputStream in = stdin ? System.in : FileArgument.open(file)) {
            return decode(new MessageReader(in));
        } catch (IOException e) {
            throw new CommandFailure("cannot read " + (stdin ? "standard input" : file) + ": " + FileArgument.why(e));
        }
    }

    private boolean decode(MessageReader texts) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        boolean fine = true;
        if (out.checkError()) {
            return true;
        }
        boolean any = false;
        // a reader that has gone away (head) wants no more
        while (!out.checkError() && texts.next()) {
            any = true;
            try {
                out.println(EventJson.event(decoder.decode(body(texts))));
            } catch (DecodeException e) {
                out.println(EventJson.error("line " + texts.line() + ": " + e.getMessage()));
                fine = false;
            }
        }
        if (!any) {
            out.println(EventJson.error("no notification: the input is empty"));
        }
        return fine && any;
    }

    private static byte[] body(MessageReader texts) throws DecodeException {
        if (texts.tooLong()) {
            throw new DecodeException(
                    DecodeException.Kind.TOO_LARGE, "more than " + MessageReader.MAX_BYTES + " bytes in one JSON text");
        }
        return RecordedBody.in(texts.text());
    }
}
