package org.novagpubinder.testing;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.Secret;

/**
 * A private RabbitMQ of the distribution's: own ports, own node, own epmd, all its files in one directory; nothing is left of it
 * after {@link #close}. Starts in some 8 s, so share one in a test class.
 */
public final class RabbitBroker implements AutoCloseable {
    /** The administrator that every broker has. */
    public static final String USER = "openstack";

    /** Its password. */
    public static final String PASSWORD = "pa55-of-the-test";

    private static final Path BIN = Path.of("/usr/lib/rabbitmq/bin");
    private static final Duration START = Duration.ofMinutes(4);

    private final Path directory;
    private final int port = FreePorts.next();
    private final Map<String, String> environment;
    private final @Nullable Process epmd;
    private final Thread atExit = new Thread(this::kill, "rabbit-at-exit");
    private Process server;

    private RabbitBroker(Path directory, List<String> config, @Nullable RabbitBroker member) throws IOException {
        this.directory = directory;
        String epmdPort = member == null ? Integer.toString(FreePorts.next()) : member.environment.get("ERL_EPMD_PORT");
        this.environment = Map.ofEntries(
                // the cookie is there
                Map.entry("HOME", member == null ? directory.toString() : member.environment.get("HOME")),
                Map.entry("PATH", System.getenv("PATH")),
                Map.entry("LANG", "C.UTF-8"),
                Map.entry("RABBITMQ_NODENAME", "test" + port + "@localhost"),
                Map.entry("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"),
                Map.entry("RABBITMQ_NODE_PORT", Integer.toString(port)),
                Map.entry("RABBITMQ_DIST_PORT", Integer.toString(FreePorts.next())),
                Map.entry("RABBITMQ_MNESIA_BASE", directory.resolve("mnesia").toString()),
                Map.entry("RABBITMQ_LOG_BASE", directory.resolve("log").toString()),
                Map.entry("RABBITMQ_PID_FILE", directory.resolve("pid").toString()),
                Map.entry(
                        "RABBITMQ_ENABLED_PLUGINS_FILE",
                        directory.resolve("enabled_plugins").toString()),
                Map.entry("RABBITMQ_CONFIG_FILE", directory.resolve("rabbitmq").toString()),
                Map.entry("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}"),
                Map.entry("ERL_EPMD_PORT", epmdPort),
                Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"));
        List<String> lines = new ArrayList<>(List.of(
                "listeners.tcp.1 = 127.0.0.1:" + port,
                "loopback_users = none",
                "default_user = " + USER,
                "default_pass = " + PASSWORD));
        lines.addAll(config);
        if (member != null) {
            lines.add("cluster_formation.peer_discovery_backend = classic_config");
            lines.add("cluster_formation.classic_config.nodes.1 = " + member.environment.get("RABBITMQ_NODENAME"));
            lines.add("cluster_formation.classic_config.nodes.2 = " + environment.get("RABBITMQ_NODENAME"));
        }
        Files.write(directory.resolve("rabbitmq.conf"), lines);
        boolean external = config.stream().anyMatch(line -> line.endsWith("= EXTERNAL"));
        Files.writeString(directory.resolve("enabled_plugins"), external ? "[rabbitmq_auth_mechanism_ssl]." : "[].");
        if (root()) {
            run(List.of("chown", "-R", "rabbitmq:", directory.toString()));
        }
        Runtime.getRuntime().addShutdownHook(atExit);
        // one that the node starts by itself would outlive it
        this.epmd = member == null ? spawn(List.of("epmd", "-port", epmdPort, "-address", "127.0.0.1")) : null;
    }

    /** Starts one and waits until it answers. */
    public static RabbitBroker start() throws IOException, InterruptedException {
        return start(newDirectory(), List.of());
    }

    /** Starts one with its files in {@code directory} (removed at the end), with further lines of rabbitmq.conf. */
    public static RabbitBroker start(Path directory, List<String> config) throws IOException, InterruptedException {
        if (!Files.isExecutable(BIN.resolve("rabbitmq-server"))) {
            throw new IllegalStateException("no RabbitMQ here: apt-get install rabbitmq-server");
        }
        RabbitBroker broker = new RabbitBroker(directory, config, null);
        broker.startServer();
        return broker;
    }

    /** Starts another, and makes both a cluster; it is to be closed before this one. */
    public RabbitBroker startMember() throws IOException, InterruptedException {
        RabbitBroker other = new RabbitBroker(newDirectory(), List.of(), this);
        other.startServer();
        return other;
    }

    /**
     * A directory for it, in the temporary one: its user reaches that wherever the checkout lies, and RabbitMQ's scripts
     * read its path without quotes.
     */
    public static Path newDirectory() throws IOException {
        return Files.createTempDirectory("rabbit-");
    }

    /** Its AMQP port on 127.0.0.1; the same after a restart. */
    public int port() {
        return port;
    }

    /** Its address with the administrator's password. */
    public BrokerAddress address() {
        return new BrokerAddress("127.0.0.1", port, USER, new Secret(PASSWORD));
    }

    /** A connection of the administrator's. */
    public Connection connect() throws IOException, TimeoutException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port);
        factory.setUsername(USER);
        factory.setPassword(PASSWORD);
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection("test");
    }

    /** Runs rabbitmqctl (some 2 s) and returns what it prints. */
    public String rabbitmqctl(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(BIN.resolve("rabbitmqctl").toString(), "-q", "-n", environment.get("RABBITMQ_NODENAME")));
        command.addAll(List.of(arguments));
        return run(asRabbit(command));
    }

    /** Stops the broker in good order; {@link #startServer} brings it back with its durable queues. */
    public void stopServer() throws InterruptedException {
        server.destroy();
        if (!server.waitFor(60, TimeUnit.SECONDS)) {
            killServer();
        }
    }

    /** Ends the broker as a host that loses its power does. */
    public void killServer() {
        server.descendants().forEach(ProcessHandle::destroyForcibly);
        server.destroyForcibly();
        server.onExit().join();
    }

    /** Starts the stopped broker again, and waits until it answers. */
    public void startServer() throws IOException, InterruptedException {
        server = spawn(asRabbit(List.of(BIN.resolve("rabbitmq-server").toString())));
        long until = System.nanoTime() + START.toNanos();
        while (true) {
            try {
                connect().close();
                return;
            } catch (IOException | TimeoutException e) {
                if (!server.isAlive() || System.nanoTime() > until) {
                    String log = Files.readString(directory.resolve("out"));
                    close();
                    throw new IllegalStateException("RabbitMQ does not start: " + log, e);
                }
                Thread.sleep(100);
            }
        }
    }

    /** Stops the broker and its epmd, and removes their files. */
    @Override
    public void close() throws IOException {
        try {
            stopServer();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
        Runtime.getRuntime().removeShutdownHook(atExit);
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }

    private void kill() {
        if (server != null) {
            killServer();
        }
        if (epmd != null) {
            epmd.destroyForcibly();
            epmd.onExit().join();
        }
    }

    private Process spawn(List<String> command) throws IOException {
        return process(command)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("out").toFile()))
                .start();
    }

    private String run(List<String> command) throws IOException {
        Process process = process(command).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.onExit().join().exitValue();
        if (code != 0) {
            throw new IOException(command + " ended with " + code + ": " + output);
        }
        return output;
    }

    private ProcessBuilder process(List<String> command) {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder;
    }

    /** The server refuses to run as root; setpriv, unlike runuser, becomes the command, so that signals reach it. */
    private static List<String> asRabbit(List<String> command) {
        if (!root()) {
            return command;
        }
        List<String> all =
                new ArrayList<>(List.of("setpriv", "--reuid=rabbitmq", "--regid=rabbitmq", "--clear-groups"));
        all.addAll(command);
        return all;
    }

    private static boolean root() {
        return System.getProperty("user.name").equals("root");
    }
}
