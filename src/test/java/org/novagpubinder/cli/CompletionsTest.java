package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** What the shells themselves offer; each where it is installed. */
class CompletionsTest {
    /** On a disk: nothing in memory may be run where that is mounted so, as in a container. */
    @TempDir(factory = TempDirFactory.Standard.class)
    Path directory;

    @BeforeEach
    void aHostWithTwoDomains() throws Exception {
        Completions.main(new String[] {directory.toString()});
        Path virsh = Files.writeString(
                directory.resolve("virsh"), "#!/bin/sh\nprintf 'instance-00000001\\ninstance-0000000a\\nother\\n'\n");
        assertThat(virsh.toFile().setExecutable(true)).isTrue();
        Files.createDirectories(directory.resolve("tree"));
    }

    private static void needs(String shell) {
        assumeTrue(
                Stream.of("/bin/", "/usr/bin/").anyMatch(d -> Files.isExecutable(Path.of(d + shell))),
                shell + " is not installed");
    }

    private List<String> told(String shell, String script) throws Exception {
        String bare = shell.equals("fish") ? "--no-config" : shell.equals("zsh") ? "-f" : "--norc";
        Process process = new ProcessBuilder("timeout", "60", shell, bare, "-c", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text.lines().toList();
    }

    private List<String> bash(String... words) throws Exception {
        needs("bash");
        return told(
                "bash",
                "PATH=$PWD:$PATH; . ./completion.bash; COMP_WORDS=(" + String.join(" ", words) + "); COMP_CWORD="
                        + (words.length - 1) + "; _nova_gpu_binder; printf '%s\\n' \"${COMPREPLY[@]}\"");
    }

    private List<String> fish(String line) throws Exception {
        needs("fish");
        return told(
                        "fish",
                        "set -x PATH $PWD $PATH; source completion.fish; complete -C 'nova-gpu-binder " + line + "'")
                .stream()
                .map(offer -> offer.replaceAll("\t.*", ""))
                .toList();
    }

    @Test
    void bashKnowsCommandsOptionsDomainsAndValues() throws Exception {
        assertThat(bash("nova-gpu-binder", "st")).containsExactly("status");
        assertThat(bash("nova-gpu-binder", "status", "--re")).containsExactly("--reconcile");
        assertThat(bash("nova-gpu-binder", "status", "inst")).containsExactly("instance-00000001", "instance-0000000a");
        assertThat(bash("nova-gpu-binder", "topology", "--nccl", "o")).containsExactly("other");
        assertThat(bash("nova-gpu-binder", "plan", "--gpu", "m")).containsExactly("mdev");
        assertThat(bash("nova-gpu-binder", "topology", "--root", "tr")).containsExactly("tree");
        assertThat(bash("nova-gpu-binder", "topology", "--root", "=", "tr")).containsExactly("tree");
        assertThat(bash("nova-gpu-binder", "decode", "compl")).hasSize(3);
        assertThat(bash("nova-gpu-binder", "help", "topo")).containsExactly("topology");
    }

    @Test
    void fishKnowsThemToo() throws Exception {
        assertThat(fish("st")).containsExactly("status");
        assertThat(fish("status --re")).containsExactly("--reconcile");
        assertThat(fish("status inst")).containsExactlyInAnyOrder("instance-00000001", "instance-0000000a");
        assertThat(fish("topology --nccl o")).containsExactly("other");
        assertThat(fish("plan --gpu m")).containsExactly("mdev");
        assertThat(fish("topology --root tr")).containsExactly("tree/");
        assertThat(fish("help topo")).containsExactly("topology");
    }

    @Test
    void zshIsToldThem() throws Exception {
        needs("zsh");
        told("zsh", "zsh -n completion.zsh");
        // in a terminal of its own, for zsh completes in its line editor only
        List<String> shown = told("zsh", """
                zmodload zsh/zpty
                zpty z "PATH=$PWD:$PATH zsh -f -i"
                zpty -w z 'PS1=; autoload -Uz compinit; compinit -D -u; . ./completion.zsh; print READ""Y'
                zpty -r z line '*READY*'
                zpty -w -n z $'nova-gpu-binder status inst\\t\\t'
                zpty -r z domains '*instance-0000000a*'
                zpty -w -n z $'\\x15nova-gpu-binder topology --mat\\t'
                zpty -r z flags '*--matrix*'
                zpty -w -n z $'\\x15nova-gpu-binder plan --gpu=md\\t'
                zpty -r z values '*--gpu=mdev*'
                zpty -d z
                print -r -- $domains $flags $values
                """);
        assertThat(String.join("\n", shown))
                .contains("instance-00000001", "instance-0000000a", "--matrix", "--gpu=mdev");
    }

    @Test
    void theWordsBesideAnOptionSayWhatItDoes() {
        assertThat(new Completions().fish())
                .contains("-a help -d 'Display help information about the specified command'")
                .contains("-l hugepages -x -a '2M 1G' -d 'With --ram: in huge pages of this size: 2M, 1G")
                .doesNotContain("e.g'\n");
    }

    @Test
    void whateverAnOptionTakesIsKnown() {
        assertThat(Completions.VALUES.keySet()).containsAll(Completions.labels());
    }
}
