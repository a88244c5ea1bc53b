package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.inject.Guice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.config.ConfigLoader;
import org.novagpubinder.config.ConfigModule;
import org.novagpubinder.host.HostModule;
import org.novagpubinder.host.proc.PatientReader;
import org.novagpubinder.restarts.RestartFailures;

/** {@code restarts}, beside a daemon that has the same directory. */
class RestartsCommandTest {
    private static final UUID ONE = UUID.fromString("5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11");
    private static final UUID TWO = UUID.fromString("5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d12");

    @TempDir
    Path root;

    private final CommandRig command = new CommandRig();
    private RestartFailures daemon;
    private String config = "";

    @BeforeEach
    void host() throws Exception {
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(root.resolve("proc/uptime"), "1000.00 0.00");
        Path file = Files.writeString(
                root.resolve("nova.conf"),
                "[DEFAULT]\nhost = cmp-a\n[gpu_binder]\nruntime_directory = " + root.resolve("own") + "\n");
        config = file.toString();
        daemon = Guice.createInjector(
                        new ConfigModule(new ConfigLoader(new PatientReader())
                                .report(List.of(file), List.of())
                                .checked()),
                        new HostModule(root, List.of()))
                .getInstance(RestartFailures.class);
    }

    private int restarts(String... more) {
        return command.run(java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("restarts", "--config-file", config, "--root", root.toString()),
                        java.util.stream.Stream.of(more))
                .toArray(String[]::new));
    }

    @Test
    void nothingHasFailed() throws Exception {
        assertThat(restarts()).isEqualTo(Exit.FINE);
        assertThat(command.out()).isEqualTo("no restart has failed since the host's boot\n");
        assertThat(restarts("--allow")).isEqualTo(Exit.FINE);
    }

    @Test
    void nothingIsSaidToBeAllowedThatTheConfigurationForbids() throws Exception {
        config("restart = never\n");
        daemon.failed(ONE, "instance-00000001", "no TPM");
        assertThat(restarts()).isEqualTo(Exit.WARNING);
        assertThat(command.out()).doesNotContain("all others are").contains("restart = never: no guest is restarted;");
        assertThat(restarts("--allow")).isEqualTo(Exit.FINE);
        assertThat(command.out())
                .doesNotContain("restarts are allowed", "may be restarted")
                .contains("restart = never: no guest is restarted; guests are bound before their start");

        config("restart = never\nearly_define = false\n");
        restarts("--allow");
        assertThat(command.out()).contains("no guest is restarted, nor bound before its start");
        config("early_define = false\n");
        restarts("--allow");
        assertThat(command.out()).contains("guests are restarted, but not bound before their start");
        config("observe_only = true\n");
        restarts("--allow");
        assertThat(command.out()).contains("observe_only = true: no guest is restarted, nor bound");
        config("");
        restarts("--allow");
        assertThat(command.out())
                .isEqualTo("restarts are allowed on this host, and guests are bound before their start\n");
    }

    private void config(String more) throws Exception {
        Path file = Path.of(config);
        Files.writeString(file, Files.readString(file).replaceAll("(?s)(runtime_directory = [^\n]*\n).*", "$1") + more);
    }

    @Test
    void whatHasFailedIsListedAndOneOfThemAllowed() throws Exception {
        daemon.failed(ONE, "instance-00000001", "no TPM");

        assertThat(restarts()).isEqualTo(Exit.WARNING);
        assertThat(command.out()).contains("instance-00000001", ONE.toString(), "no TPM", "--allow");
        assertThat(restarts("--allow", "instance-00000001")).isEqualTo(Exit.FINE);
        assertThat(command.out()).contains("may be restarted again: instance-00000001");
        assertThat(daemon.forbids(ONE)).isEmpty();
    }

    @Test
    void oneThatIsAllowedLeavesTheHostsRestartsSuspendedAndSaysSo() throws Exception {
        daemon.failed(ONE, "instance-00000001", "no TPM");
        daemon.failed(TWO, "instance-00000002", "no TPM");

        assertThat(restarts("--allow", ONE.toString())).isEqualTo(Exit.FINE);
        assertThat(command.out()).contains("no guest is restarted on this host");

        assertThat(restarts("--allow")).isEqualTo(Exit.FINE);
        assertThat(command.out()).contains("instance-00000002", "restarts are allowed on this host");
        assertThat(daemon.forbids(TWO)).isEmpty();
    }

    @Test
    void jsonHasTheNamesThatScriptsRelyOn() throws Exception {
        daemon.failed(ONE, "instance-00000001", "no TPM");
        assertThat(restarts("--json")).isEqualTo(Exit.WARNING);
        JsonNode one = new ObjectMapper().readTree(command.out());
        assertThat(one.path("suspended").booleanValue()).isFalse();
        assertThat(one.path("since").isNull()).isTrue();
        assertThat(one.at("/failed/0/uuid").textValue()).isEqualTo(ONE.toString());
        assertThat(one.at("/failed/0/domain").textValue()).isEqualTo("instance-00000001");
        assertThat(one.at("/failed/0/cause").textValue()).isEqualTo("no TPM");

        daemon.failed(TWO, "instance-00000002", "no TPM");
        restarts("--json");
        JsonNode both = new ObjectMapper().readTree(command.out());
        assertThat(both.path("suspended").booleanValue()).isTrue();
        assertThat(both.path("since").textValue()).endsWith("Z");
        assertThat(both.path("why").textValue()).contains("within an hour");

        restarts("--allow", "--json");
        assertThat(new ObjectMapper().readTree(command.out()).path("allowed")).hasSize(2);
    }

    @Test
    void aFileThatCannotBeReadIsAFailureThatAllowMends() throws Exception {
        Files.createDirectories(root.resolve("own"));
        Files.writeString(root.resolve("own/restarts.json"), "{");

        assertThat(restarts()).isEqualTo(Exit.FAILURE);
        assertThat(command.out()).contains("restarts.json", "cannot be read", "restarts --allow");
        // one guest cannot be taken out of what cannot be read
        daemon.failed(ONE, "instance-00000001", "no TPM");
        assertThat(restarts("--allow", ONE.toString())).isEqualTo(Exit.FAILURE);
        assertThat(command.err())
                .contains("`nova-gpu-binder restarts --allow`, by the daemon's user (root), begins it anew");
        assertThat(restarts("--allow")).isEqualTo(Exit.FINE);
        assertThat(restarts()).isEqualTo(Exit.FINE);
    }

    @Test
    void aDomainGoesWithAllow() {
        assertThat(restarts("instance-00000001")).isEqualTo(Exit.USAGE);
    }
}
