package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.cli.live.DaemonUnit.Restarted;
import org.novagpubinder.cli.live.ObserveFile;
import org.novagpubinder.domain.connection.PrivateLibvirtd;
import org.novagpubinder.observability.http.HttpLimits;
import picocli.CommandLine;

/** {@code enable} and {@code disable} as an operator gives them, beside a libvirtd. */
class EnableCommandIT {
    @TempDir
    Path root;

    private final List<Restarted> restarts = new ArrayList<>();
    private final CommandRig command = new CommandRig(this::program);
    private final InputStream stdin = System.in;
    private Restarted how = Restarted.DONE;
    private ObserveFile file;
    private PrivateLibvirtd libvirtd;

    @BeforeEach
    void start() throws Exception {
        file = new ObserveFile(root.resolve("observe.conf"));
        libvirtd = new PrivateLibvirtd();
        libvirtd.start();
    }

    @AfterEach
    void stop() throws Exception {
        System.setIn(stdin);
        libvirtd.stop();
    }

    private CommandLine program() {
        CommandLine line = Main.commandLine();
        line.getCommandSpec().removeSubcommand("enable");
        line.getCommandSpec().removeSubcommand("disable");
        line.addSubcommand(new EnableCommand(file, this::restarted));
        line.addSubcommand(new DisableCommand(file, this::restarted));
        return line.setExecutionExceptionHandler(line.getExecutionExceptionHandler());
    }

    private Restarted restarted() {
        restarts.add(how);
        return how;
    }

    private int disable() throws Exception {
        return command.run("disable", "--config-file", CommandRig.emptyConfiguration(root));
    }

    private int enable(String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("enable"));
        words.addAll(List.of(options));
        words.addAll(List.of("--connect", PrivateLibvirtd.uri("qemu", "system")));
        words.addAll(List.of("--config-file", CommandRig.emptyConfiguration(root)));
        if (file.exists()) {
            words.addAll(List.of("--config-file", file.path().toString()));
        }
        return command.run(words.toArray(String[]::new));
    }

    private static void answers(String text) {
        System.setIn(new ByteArrayInputStream((text + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aDaemonThatObservesGoesLiveAfterChecksAListAndAYes() throws Exception {
        assertThat(disable()).isZero();
        assertThat(command.out()).contains("observes only, by " + file.path());
        restarts.clear();
        answers("y");

        // no broker is configured here, which is a failed check
        assertThat(enable("--force")).as(command.err()).isZero();

        assertThat(command.out()).contains("broker", "the next sweep does nothing", "nova-gpu-binder is live.");
        assertThat(command.err()).contains("[y/N]");
        assertThat(file.exists()).isFalse();
        assertThat(restarts).hasSize(1);
    }

    @Test
    void aDaemonThatHasNotReadItIsNoSuccess() throws Exception {
        how = Restarted.LEFT_TO_YOU;
        assertThat(disable()).isEqualTo(1);
        assertThat(command.out()).contains("start it again yourself");

        how = Restarted.NOT_RUNNING;
        assertThat(disable()).isZero();
        assertThat(command.out()).contains("does not run", "systemctl start nova-gpu-binder");
    }

    @Test
    void aFailedCheckKeepsItObservingWhateverIsAnswered() throws Exception {
        file.write();

        assertThat(enable("--yes")).isEqualTo(2);

        assertThat(command.err()).contains("a check failed: it observes still", "--force");
        assertThat(file.exists()).isTrue();
        assertThat(restarts).isEmpty();
    }

    @Test
    void withoutAYesItObservesStill() throws Exception {
        file.write();
        answers("");

        assertThat(enable("--force")).isEqualTo(2);

        assertThat(command.err()).contains("it observes still");
        assertThat(file.exists()).isTrue();
        assertThat(restarts).isEmpty();
    }

    @Test
    void whereNobodyCanAnswerTheWayWithoutAQuestionIsTold() throws Exception {
        file.write();
        System.setIn(InputStream.nullInputStream());

        assertThat(enable("--force")).isEqualTo(2);

        assertThat(command.err()).contains("[y/N] \nnova-gpu-binder: it observes still: nobody has answered; --yes");
        assertThat(file.exists()).isTrue();
    }

    @Test
    void oneThatIsLiveIsLeftAlone() throws Exception {
        assertThat(enable()).isZero();

        assertThat(command.out()).contains("live already");
        assertThat(restarts).isEmpty();
    }

    @Test
    void aDaemonThatHasNotReadThatItIsLiveIsStartedAgainAsIfItWereNot() throws Exception {
        // as after a Ctrl-C between the two
        HttpLimits.set();
        HttpServer daemon = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        daemon.createContext("/health", exchange -> {
            byte[] body = "{\"state\":\"ready\",\"host\":\"cmp-a\",\"observeOnly\":true,\"causes\":[]}"
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        daemon.start();
        Path listens = Files.writeString(
                root.resolve("listens.conf"),
                "[gpu_binder]\nmetrics_listen = 127.0.0.1:"
                        + daemon.getAddress().getPort() + "\n");
        try {
            assertThat(enable("--force", "--yes", "--config-file", listens.toString()))
                    .isZero();

            assertThat(command.out())
                    .contains("the daemon that runs observes still", "the next sweep does nothing", "is live.");
            assertThat(restarts).hasSize(1);
            command.run(
                    "status",
                    "--connect",
                    PrivateLibvirtd.uri("qemu", "system"),
                    "--config-file",
                    CommandRig.emptyConfiguration(root),
                    "--config-file",
                    listens.toString());
            assertThat(command.out())
                    .contains("the daemon that runs only observes, though the configuration says otherwise");
        } finally {
            daemon.stop(0);
        }
    }

    @Test
    void whatStandsInAFileOfTheOperatorsIsTheirsToTakeOut() throws Exception {
        file.write();
        Path own = root.resolve("own.conf");
        Files.move(file.path(), own);

        assertThat(enable("--config-file", own.toString())).isEqualTo(2);

        assertThat(command.err()).contains("a configuration file of yours", "take it out there");
    }

    @Test
    void statusSaysInItsLastLineThatNothingIsChanged() throws Exception {
        file.write();

        command.run(
                "status",
                "--connect",
                PrivateLibvirtd.uri("qemu", "system"),
                "--config-file",
                CommandRig.emptyConfiguration(root),
                "--config-file",
                file.path().toString());

        assertThat(command.out().strip().lines().reduce((a, b) -> b).orElseThrow())
                .contains("observes only", "nova-gpu-binder enable");
    }
}
