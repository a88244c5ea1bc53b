package org.novagpubinder.domain.connection;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.testing.ShortPath;

/**
 * A libvirtd of our own below target/: in a mount namespace where libvirt's directories are ours, so that it meets
 * neither a libvirtd of the machine nor anything of it. It can be killed, stopped and started again; its guests survive
 * that. Where src/dev/matrix has put libvirt's modular daemons, it is virtqemud with those that it asks.
 */
public final class PrivateLibvirtd {
    private static final Path DIR = ShortPath.to("libvirtd");

    private static final Path MODULAR = Path.of("/opt/modular");

    private Process process;

    /** The directories and the configuration; the test is skipped where libvirtd cannot run. */
    public PrivateLibvirtd() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "libvirtd needs root");
        assumeTrue(Files.exists(Path.of("/usr/sbin/libvirtd")), "no libvirtd (package libvirt-daemon)");
        for (String dir : new String[] {"run", "lib", "cache", "log", "etc"}) {
            Files.createDirectories(DIR.resolve(dir));
        }
        Files.writeString(DIR.resolve("etc/libvirtd.conf"), """
                unix_sock_dir = "%s"
                unix_sock_group = "root"
                auth_unix_rw = "none"
                auth_unix_ro = "none"
                """.formatted(DIR));
        Files.writeString(DIR.resolve("etc/qemu.conf"), """
                user = "root"
                group = "root"
                security_driver = "none"
                namespaces = []
                stdio_handler = "file"
                """);
    }

    /** The URI of a driver (qemu:///system, test:///default) through this libvirtd. */
    public static String uri(String driver, String path) {
        String socket = Files.exists(MODULAR) ? "virtqemud-sock" : "libvirt-sock";
        return driver + "+unix:///" + path + "?socket=" + DIR.resolve(socket);
    }

    /** Starts it, and waits until it answers. */
    public void start() throws IOException, InterruptedException {
        String script = "mount --make-rprivate / && for d in run lib cache log; do"
                + " case $d in run) to=/run/libvirt;; *) to=/var/$d/libvirt;; esac;"
                + " mkdir -p $to && mount --bind $0/$d $to || exit 1; done;"
                + " mount --bind $0/etc /etc/libvirt && if [ -d $1 ]; then export LD_LIBRARY_PATH=$1/lib PATH=$1/sbin:$PATH;"
                + " for d in secret network storage nodedev; do virt${d}d & done;"
                + " exec virtqemud -f $0/etc/libvirtd.conf -p $0/libvirtd.pid; fi;"
                + " exec libvirtd -f $0/etc/libvirtd.conf -p $0/libvirtd.pid";
        process = new ProcessBuilder("unshare", "-m", "sh", "-c", script, DIR.toString(), MODULAR.toString())
                .redirectErrorStream(true)
                .redirectOutput(DIR.resolve("libvirtd.log").toFile())
                .start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (true) {
            try (LibvirtOnce once = LibvirtOnce.open(uri("qemu", "system"), Duration.ofSeconds(60))) {
                once.calls().list();
                return;
            } catch (LibvirtFailure e) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new IOException(
                            "libvirtd did not come up: " + Files.readString(DIR.resolve("libvirtd.log")), e);
                }
                Thread.sleep(200);
            }
        }
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        endHelpers();
        process.destroyForcibly().waitFor();
    }

    /** SIGSTOP: it hangs. */
    public void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    public void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** Ends it; its guests go on. */
    public void stop() throws IOException, InterruptedException {
        if (process != null && process.isAlive()) {
            thaw();
            endHelpers();
            process.destroy();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                kill();
            }
        }
    }

    /** The daemons that virtqemud asks; a guest of its is nobody's child. */
    private void endHelpers() {
        process.children().forEach(ProcessHandle::destroyForcibly);
    }

    /** Ends a guest that a failed test left running; libvirtd need not run. */
    public void reap(String name) throws IOException {
        Path pid = DIR.resolve("run/qemu/" + name + ".pid");
        if (Files.exists(pid)) {
            String digits = Files.readString(pid, StandardCharsets.US_ASCII).strip();
            ProcessHandle.of(Long.parseLong(digits))
                    .filter(p -> p.info().command().orElse("").contains("qemu"))
                    .ifPresent(ProcessHandle::destroyForcibly);
        }
    }
}
