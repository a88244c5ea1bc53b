package org.novagpubinder.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.DefaultConsumer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.novagpubinder.domain.connection.PrivateLibvirtd;
import org.novagpubinder.testing.FreePorts;
import org.novagpubinder.testing.NovaPublisher;
import org.novagpubinder.testing.Program;
import org.novagpubinder.testing.RabbitBroker;
import org.novagpubinder.testing.SysfsTree;
import org.novagpubinder.testing.TestCertificates;

/**
 * A host where all is well: RabbitMQ with TLS and Nova's exchange, a nova-compute that calls itself cmp-a there, a libvirtd,
 * two GPUs on two nodes, and a nova.conf that fits.
 */
final class MistakesRig {
    private final Path directory;
    private final RabbitBroker broker;
    private final int port;
    private final int metrics = FreePorts.next();
    private final Path authority;
    private final NovaPublisher nova;
    private final PrivateLibvirtd libvirtd;

    MistakesRig(Path directory) throws Exception {
        this.directory = directory;
        this.libvirtd = new PrivateLibvirtd();
        Path files = RabbitBroker.newDirectory();
        TestCertificates server = new TestCertificates(files);
        server.signed("server", "RSA", "DNS:localhost");
        authority = Files.copy(server.ca(), directory.resolve("ca.pem"));
        port = FreePorts.next();
        broker = RabbitBroker.start(
                files,
                List.of(
                        "listeners.ssl.1 = 127.0.0.1:" + port,
                        "ssl_options.cacertfile = " + server.ca(),
                        "ssl_options.certfile = " + files.resolve("server.pem"),
                        "ssl_options.keyfile = " + server.key("server")));
        nova = new NovaPublisher(broker, "nova").declareExchange();
        nova.channel().queueDeclare("compute.cmp-a", NovaPublisher.DURABLE, false, false, Map.of());
        nova.channel().basicConsume("compute.cmp-a", true, new DefaultConsumer(nova.channel()));
        nova.declareQueue("versioned_notifications.info");
        nova.channel().basicConsume("versioned_notifications.info", true, new DefaultConsumer(nova.channel()));
        SysfsTree.twoNodes(directory.resolve("host"))
                .pci("0000:21:00.0", d -> d.node(0).render(128).driver("virtio-pci"))
                .pci("0000:41:00.0", d -> d.node(1).render(129).driver("virtio-pci"))
                .file("dev/dri/renderD128", "")
                .file("dev/dri/renderD129", "");
        SysfsTree.twoNodes(directory.resolve("host-without-gpu"));
        libvirtd.start();
    }

    /** The nova.conf of that host. */
    String novaConf() {
        return """
                [DEFAULT]
                host = cmp-a
                transport_url = rabbit://%s:%s@localhost:%s/
                [oslo_messaging_rabbit]
                ssl = true
                ssl_ca_file = %s
                [oslo_messaging_notifications]
                driver = messagingv2
                [notifications]
                notification_format = versioned
                [gpu_binder]
                metrics_listen = 127.0.0.1:%s
                """.formatted(RabbitBroker.USER, RabbitBroker.PASSWORD, port, authority, metrics);
    }

    /** The broker's port without TLS. */
    int plainPort() {
        return broker.port();
    }

    /** Takes the queue away that a daemon has left: that nobody reads it is one more thing to tell. */
    void forgetTheDaemon() throws IOException {
        nova.channel().queueDelete("nova-gpu-binder.cmp-a");
        nova.channel().queueDelete("nova-gpu-binder.cmp-b");
    }

    /** A file in the rig's directory. */
    Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    /** The arguments of a command on that host. */
    String[] arguments(String command, Path novaConf, Map<String, String> instead, String... further) {
        List<String> all = new ArrayList<>(List.of(command, "--config-file", novaConf.toString()));
        all.addAll(List.of(
                "--root",
                directory.resolve(instead.getOrDefault("--root", "host")).toString()));
        all.addAll(List.of("--connect", instead.getOrDefault("--connect", PrivateLibvirtd.uri("qemu", "system"))));
        all.addAll(List.of(further));
        return all.toArray(String[]::new);
    }

    /** Starts the program. */
    Program start(List<String> before, String... arguments) throws IOException {
        return Program.start(directory, before, arguments);
    }

    /** What is not well, as {@code check --json} tells it. */
    static List<Map<String, String>> problems(String json) throws IOException {
        List<Map<String, String>> problems = new ArrayList<>();
        new ObjectMapper().readTree(json).get("checks").forEach(c -> {
            if (!Set.of("ok", "unknown").contains(c.get("state").asText())) {
                problems.add(Map.of(
                        "name", c.get("name").asText(),
                        "state", c.get("state").asText(),
                        "text", c.get("text").asText(),
                        "remedy", c.get("remedy").asText()));
            }
        });
        return problems;
    }

    /** Ends everything that it has started. */
    void close() throws Exception {
        libvirtd.stop();
        nova.close();
        broker.close();
    }
}
