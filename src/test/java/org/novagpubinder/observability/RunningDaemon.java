package org.novagpubinder.observability;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.novagpubinder.testing.FreePorts;
import org.novagpubinder.testing.RabbitBroker;
import org.novagpubinder.testing.SysfsTree;

/**
 * The daemon as an operator runs it, on a host of two nodes with a GPU each and one more whose node nobody knows. Its broker is a
 * real RabbitMQ. Its libvirt is the test driver, which cannot pin: of the four guests one is placed by Nova and aligned, one
 * fails, one is off and one has no GPU.
 */
final class RunningDaemon implements AutoCloseable {
    /** The guest that is aligned. */
    static final String GUEST = "5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11";

    private static final String PLACED = """
            <cputune><vcpupin vcpu='0' cpuset='2-3'/><vcpupin vcpu='1' cpuset='2-3'/><emulatorpin cpuset='2-3'/></cputune>
            <numatune><memory mode='strict' nodeset='1'/></numatune>""";
    private static final String OFF =
            "<test:runstate xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>5</test:runstate>";
    private static final Path JAR = Path.of("target/nova-gpu-binder.jar");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    final int port = FreePorts.next();
    private final Path log;
    private final Process process;

    RunningDaemon(Path directory, RabbitBroker broker) throws IOException {
        assumeTrue(Files.exists(JAR), "no jar: mvn package makes it");
        Path root = Files.createDirectories(directory.resolve("root"));
        SysfsTree.in(root)
                .node(0, "0-1", 8, 7)
                .node(1, "2-3", 8, 7)
                .distances(0, "10 21")
                .distances(1, "21 10")
                .pci("0000:21:00.0", d -> d.pciClass("038000").node(0).render(128))
                .pci("0000:41:00.0", d -> d.pciClass("038000").node(1).render(129))
                .pci(
                        "0000:42:00.0",
                        d -> d.pciClass("030200").driver("vfio-pci").numaNode("-1"));
        Path libvirt = Files.writeString(directory.resolve("node.xml"), """
                <node>
                  %s
                  %s
                  %s
                  %s
                  <cpu><mhz>6000</mhz><model>i986</model><active>4</active><nodes>2</nodes><sockets>1</sockets>
                    <cores>2</cores><threads>1</threads></cpu>
                  <memory>16777216</memory>
                </node>
                """.formatted(
                        guest(1, PLACED, renderNode(129)),
                        guest(2, "", renderNode(128)),
                        guest(3, OFF, renderNode(128)),
                        guest(4, "", "")));
        Path config = Files.writeString(directory.resolve("nova.conf"), """
                [DEFAULT]
                host = cmp-a
                transport_url = rabbit://%s:%s@127.0.0.1:%s/
                [libvirt]
                connection_uri = test://%s
                [gpu_binder]
                metrics_listen = 127.0.0.1:%s
                """.formatted(
                        RabbitBroker.USER, RabbitBroker.PASSWORD, broker.port(), libvirt, port));
        log = directory.resolve("daemon.log");
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        JAR.toString(),
                        "run",
                        "--config-file",
                        config.toString(),
                        "--root",
                        root.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static String guest(int number, String tune, String devices) {
        return """
                <domain type='test'><name>instance-0000000%s</name><uuid>%s</uuid><memory unit='KiB'>262144</memory>
                <vcpu>2</vcpu>%s<os><type>hvm</type></os><devices>%s</devices></domain>""".formatted(number, GUEST.replace("7d11", "7d1" + number), tune, devices);
    }

    private static String renderNode(int number) {
        return "<graphics type='egl-headless'><gl rendernode='/dev/dri/renderD" + number + "'/></graphics>";
    }

    /** What it answers to a GET. */
    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(10));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Whether /health says that all is well. */
    boolean ready() throws InterruptedException {
        if (!process.isAlive()) {
            throw new IllegalStateException("the daemon has ended: " + log());
        }
        try {
            return get("/health").statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "no log: " + e.getMessage();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
