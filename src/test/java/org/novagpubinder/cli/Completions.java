package org.novagpubinder.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Makes the completions of bash, zsh and fish from the program itself: commands, options, and what an option takes. {@code
 * Completions DIRECTORY}; the build of the Debian package runs it.
 */
public final class Completions {
    /** What a value can be, by its label in the help: words, or one of the kinds below. */
    static final Map<String, List<String>> VALUES = new LinkedHashMap<>(Map.of(
            "FILE", List.of("FILE"),
            "DIR", List.of("DIR"),
            "DOMAIN", List.of("DOMAIN"),
            "URI", List.of("qemu:///system", "qemu:///session", "test:///default"),
            "KIND[:N]", List.of("render", "pci", "pci:2", "mdev"),
            "SIZE", List.of("2M", "1G"),
            "K=V",
                    List.of(
                            "gpu_binder:policy=required",
                            "gpu_binder:policy=preferred",
                            "gpu_binder:policy=report",
                            "gpu_binder:policy=off",
                            "gpu_binder:render_node=auto"),
            "LIST", List.of(),
            "NAME", List.of()));

    static {
        VALUES.put("N", List.of());
        VALUES.put("MIB", List.of());
    }

    /** The names of all domains: by virsh if it is there, for it is quick; else those that are defined. */
    private static final String DOMAINS = "virsh -q --readonly list --all --name 2>/dev/null";

    private static final String DEFINED = "ls /etc/libvirt/qemu 2>/dev/null | sed -n 's/\\.xml$//p'";

    private static final int LONGEST = 70;

    private final Map<String, CommandSpec> commands = new TreeMap<>();

    Completions() {
        Main.commandLine().getSubcommands().forEach((name, line) -> commands.put(name, line.getCommandSpec()));
    }

    /** Writes the three files into a directory. */
    public static void main(String[] args) throws IOException {
        Completions completions = new Completions();
        Path directory = Path.of(args[0]);
        Files.writeString(directory.resolve("completion.bash"), completions.bash());
        Files.writeString(directory.resolve("completion.zsh"), completions.zsh());
        Files.writeString(directory.resolve("completion.fish"), completions.fish());
    }

    String bash() {
        StringBuilder values = new StringBuilder();
        StringBuilder words = new StringBuilder();
        commands.forEach((name, command) -> {
            options(command)
                    .filter(Completions::takesValue)
                    .forEach(o -> values.append("        %s/%s) %s; return ;;\n"
                            .formatted(name, names(o).collect(Collectors.joining("|" + name + "/")), bash(o))));
            String options = options(command).flatMap(Completions::names).collect(Collectors.joining(" "));
            words.append("        %s) [[ $cur == -* ]] && words '%s' || %s ;;\n"
                    .formatted(name, options, positional(name, command, Completions::bash, ":")));
        });
        return """
                # bash completion of nova-gpu-binder
                _nova_gpu_binder() {
                    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command= i IFS=$'\\n'
                    COMPREPLY=()
                    [[ $prev != '=' ]] || prev=${COMP_WORDS[COMP_CWORD - 2]}
                    [[ $cur != '=' ]] || cur=
                    words() { IFS=' '; COMPREPLY=($(compgen -W "$1" -- "$cur")); }
                    files() { compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); }
                    directories() { compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur")); }
                    domains() { COMPREPLY=($(compgen -W "$(%s || %s)" -- "$cur")); }
                    for ((i = 1; i < COMP_CWORD; i++)); do
                        [[ ${COMP_WORDS[i]} == -* ]] || { command=${COMP_WORDS[i]}; break; }
                    done
                    case $command/$prev in
                %s    esac
                    case $command in
                        '') words '%s --help --version' ;;
                %s    esac
                }
                complete -F _nova_gpu_binder nova-gpu-binder
                """.formatted(DOMAINS, DEFINED, values, String.join(" ", commands.keySet()), words);
    }

    String zsh() {
        StringBuilder each = new StringBuilder();
        commands.forEach((name, command) -> {
            List<String> specs = new ArrayList<>();
            options(command).forEach(o -> names(o).forEach(n -> specs.add("'" + (many(o) ? "*" : "") + n
                    + (takesValue(o) && n.startsWith("--") ? "=" : "") + "[" + zshEscaped(words(o)) + "]"
                    + (takesValue(o) ? ":" + zshEscaped(o.paramLabel()) + ":" + zsh(o) : "") + "'")));
            specs.add(positional(
                    name,
                    command,
                    arg -> "'" + (arg.arity().max() > 1 ? "*" : "1") + ":" + zshEscaped(arg.paramLabel()) + ":"
                            + zsh(arg) + "'",
                    ""));
            each.append("                %s) _arguments %s ;;\n".formatted(name, String.join(" ", specs)));
        });
        String told = commands.entrySet().stream()
                .map(e -> "'" + e.getKey() + ":" + zshEscaped(words(e.getValue())) + "'")
                .collect(Collectors.joining(" "));
        return """
                #compdef nova-gpu-binder
                _nova_gpu_binder_domains() {
                    local -a names
                    names=(${(f)"$(%s || %s)"})
                    names=(${names//:/\\\\:})
                    _describe -t domains domain names
                }
                _nova_gpu_binder_commands() {
                    local -a commands
                    commands=(%s)
                    _describe -t commands command commands
                }
                _nova_gpu_binder() {
                    local context state state_descr line
                    typeset -A opt_args
                    _arguments -C '(- *)--help[show this help]' '(- *)--version[print the version]' '1:command:->command' '*::argument:->argument'
                    case $state in
                        command) _nova_gpu_binder_commands ;;
                        argument)
                            case $line[1] in
                %s            esac ;;
                    esac
                }
                [[ ${funcstack[1]} != _nova-gpu-binder ]] || _nova_gpu_binder "$@"
                [[ ${funcstack[1]} == _nova-gpu-binder ]] || ! (( $+functions[compdef] )) || compdef _nova_gpu_binder nova-gpu-binder
                """.formatted(DOMAINS, DEFINED, told, each);
    }

    String fish() {
        StringBuilder all = new StringBuilder("""
                # fish completion of nova-gpu-binder
                function __nova_gpu_binder_domains
                    %s; or %s
                end
                complete -c nova-gpu-binder -f
                complete -c nova-gpu-binder -n __fish_use_subcommand -l help -d 'show this help'
                complete -c nova-gpu-binder -n __fish_use_subcommand -l version -d 'print the version'
                """.formatted(DOMAINS, DEFINED));
        commands.forEach((name, command) -> {
            String seen = "complete -c nova-gpu-binder -n '__fish_seen_subcommand_from " + name + "'";
            all.append("complete -c nova-gpu-binder -n __fish_use_subcommand -a %s -d %s\n"
                    .formatted(name, quoted(words(command))));
            options(command).forEach(o -> {
                String named = names(o).map(n -> n.startsWith("--") ? " -l " + n.substring(2) : " -s " + n.substring(1))
                        .collect(Collectors.joining());
                all.append(seen + named + (takesValue(o) ? fish(o) : "") + " -d " + quoted(words(o)) + "\n");
            });
            String positional = positional(name, command, Completions::fish, "");
            if (!positional.isEmpty()) {
                all.append(seen + positional.replace(" -r", "").replace(" -x", "") + "\n");
            }
        });
        return all.toString();
    }

    private interface Form {
        String of(ArgSpec arg);
    }

    private String positional(String name, CommandSpec command, Form form, String none) {
        if (name.equals("help")) {
            return form.of(PositionalParamSpec.builder()
                    .paramLabel("COMMAND")
                    .arity("0..1")
                    .completionCandidates(commands.keySet())
                    .build());
        }
        return command.positionalParameters().stream()
                .filter(p -> !p.hidden())
                .findFirst()
                .map(form::of)
                .orElse(none);
    }

    private static List<String> values(ArgSpec arg) {
        if (arg.completionCandidates() != null) {
            List<String> words = new ArrayList<>();
            arg.completionCandidates().forEach(words::add);
            return words;
        }
        return VALUES.getOrDefault(arg.paramLabel(), List.of());
    }

    private static String bash(ArgSpec arg) {
        List<String> values = values(arg);
        return switch (values.isEmpty() ? "" : values.get(0)) {
            case "FILE" -> "files";
            case "DIR" -> "directories";
            case "DOMAIN" -> "domains";
            default -> "words '" + String.join(" ", values) + "'";
        };
    }

    private static String zsh(ArgSpec arg) {
        List<String> values = values(arg);
        return switch (values.isEmpty() ? "" : values.get(0)) {
            case "" -> " ";
            case "FILE" -> "_files";
            case "DIR" -> "_files -/";
            case "DOMAIN" -> "_nova_gpu_binder_domains";
            default -> "(" + values.stream().map(v -> v.replace(":", "\\:")).collect(Collectors.joining(" ")) + ")";
        };
    }

    private static String fish(ArgSpec arg) {
        List<String> values = values(arg);
        return switch (values.isEmpty() ? "" : values.get(0)) {
            case "" -> " -x";
            case "FILE" -> " -r -F";
            case "DIR" -> " -x -a '(__fish_complete_directories)'";
            case "DOMAIN" -> " -x -a '(__nova_gpu_binder_domains)'";
            default -> " -x -a " + quoted(String.join(" ", values));
        };
    }

    private static Stream<OptionSpec> options(CommandSpec command) {
        return command.options().stream().filter(o -> !o.hidden());
    }

    private static Stream<String> names(OptionSpec option) {
        return Stream.of(option.names());
    }

    static boolean takesValue(OptionSpec option) {
        return option.arity().max() > 0;
    }

    private static boolean many(OptionSpec option) {
        return option.isMultiValue();
    }

    private static String words(ArgSpec arg) {
        return first(String.join(" ", arg.description()));
    }

    private static String words(CommandSpec command) {
        UsageMessageSpec usage = command.usageMessage();
        return first(String.join(" ", usage.header().length > 0 ? usage.header() : usage.description()))
                .split(":\\s", 2)[0];
    }

    /** The first sentence, without what picocli would put in. */
    private static String first(String text) {
        String plain = Ansi.OFF
                .string(text)
                .replace("%n", " ")
                .replaceAll(" \\([^)]*\\)", "")
                .split("(?<!e\\.g)[.;](\\s|$)", 2)[0];
        return plain.length() <= LONGEST
                ? plain
                : plain.substring(0, LONGEST - 1).stripTrailing() + "…";
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    private static String zshEscaped(String text) {
        return text.replaceAll("([\\[\\]:\\\\])", "\\\\$1").replace("'", "'\\''");
    }

    /** What each option and parameter of the program is called in the help. */
    static List<String> labels() {
        return new Completions()
                .commands.values().stream()
                        .filter(c -> !c.name().equals("help"))
                        .flatMap(c -> Stream.concat(
                                options(c).filter(Completions::takesValue), c.positionalParameters().stream()))
                        .filter(a -> a.completionCandidates() == null)
                        .map(ArgSpec::paramLabel)
                        .distinct()
                        .toList();
    }
}
