package org.novagpubinder.cli;

import static org.novagpubinder.testing.Roff.bold;
import static org.novagpubinder.testing.Roff.escaped;
import static org.novagpubinder.testing.Roff.italic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.novagpubinder.testing.Roff;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The commands' parts of nova-gpu-binder(8), from the same words as {@code --help}. */
public final class CommandManual {
    private static final CommandLine LINE = Main.commandLine();

    private CommandManual() {}

    /** A section for each command, with the options that it alone has. */
    public static String commands() {
        Roff page = new Roff();
        Set<String> common = common();
        new TreeMap<>(LINE.getSubcommands()).forEach((name, line) -> {
            if (!line.getCommandSpec().usageMessage().hidden() && hasOptions(line)) {
                command(page, name, line.getCommandSpec(), common);
            }
        });
        return page.toString();
    }

    /** The options that every command has. */
    public static String commonOptions() {
        Roff page = new Roff();
        Set<String> common = common();
        LINE.getSubcommands().get("check").getCommandSpec().options().stream()
                .filter(o -> common.contains(o.longestName()) && !o.hidden())
                .forEach(o -> page.tagged(names(o), words(o)));
        return page.toString();
    }

    /** All but help and version. */
    private static boolean hasOptions(CommandLine line) {
        return line.getCommandSpec().findOption("--config-file") != null;
    }

    private static Set<String> common() {
        List<Set<String>> each = LINE.getSubcommands().values().stream()
                .filter(CommandManual::hasOptions)
                .map(l -> l.getCommandSpec().options().stream()
                        .map(OptionSpec::longestName)
                        .collect(Collectors.toSet()))
                .toList();
        return each.get(0).stream()
                .filter(name -> each.stream().allMatch(names -> names.contains(name)))
                .collect(Collectors.toSet());
    }

    private static void command(Roff page, String name, CommandSpec spec, Set<String> common) {
        List<OptionSpec> own = spec.options().stream()
                .filter(o -> !common.contains(o.longestName()) && !o.hidden())
                .toList();
        StringBuilder synopsis = new StringBuilder(bold(name));
        own.forEach(o -> synopsis.append(" [").append(names(o)).append(o.isMultiValue() ? "]..." : "]"));
        spec.positionalParameters()
                .forEach(p -> synopsis.append(' ').append(p.required() ? label(p) : "[" + label(p) + "]"));
        page.line(".SS " + synopsis);
        page.text(plain(spec.usageMessage().description()));
        spec.positionalParameters().forEach(p -> page.tagged(label(p), words(p)));
        own.forEach(o -> page.tagged(names(o), words(o)));
        var exits = spec.usageMessage().exitCodeList();
        if (!exits.isEmpty()) {
            page.paragraph("Exit status: "
                    + exits.entrySet().stream()
                            .map(e -> e.getKey() + " " + e.getValue())
                            .collect(Collectors.joining("; "))
                    + ".");
        }
        footer(page, spec.usageMessage().footer());
    }

    /** Examples are indented there, the rest is text. */
    private static void footer(Roff page, String[] footer) {
        List<String> example = new ArrayList<>();
        boolean begins = true;
        for (String line : String.join("\n", footer).formatted().split("\n", -1)) {
            String shown = Ansi.OFF.string(line);
            if (shown.startsWith("  ")) {
                example.add(shown);
                continue;
            }
            if (!example.isEmpty()) {
                page.example(example);
                example.clear();
                begins = true;
            }
            if (shown.isBlank()) {
                begins = true;
            } else {
                if (begins) {
                    page.line(".PP");
                }
                page.text(shown.strip());
                begins = false;
            }
        }
        if (!example.isEmpty()) {
            page.example(example);
        }
    }

    private static String names(OptionSpec option) {
        String names = Arrays.stream(option.names()).map(Roff::bold).collect(Collectors.joining(", "));
        return option.arity().max() == 0 ? names : names + " " + label(option);
    }

    private static String label(ArgSpec argument) {
        return italic(argument.paramLabel()) + (argument.arity().max() > 1 ? escaped("...") : "");
    }

    private static String words(ArgSpec argument) {
        return plain(argument.description());
    }

    private static String plain(String[] lines) {
        return Ansi.OFF
                .string(String.join(" ", lines).formatted())
                .replaceAll("\\s+", " ")
                .strip();
    }
}
