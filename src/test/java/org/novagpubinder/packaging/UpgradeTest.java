package org.novagpubinder.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the Debian package's scripts do with the unit, on a host of files and with a systemd that only notes what it is told. */
class UpgradeTest {
    @TempDir
    Path host;

    private Path told;

    @BeforeEach
    void installed() throws IOException {
        told = Files.createFile(host.resolve("told"));
        Files.createDirectories(host.resolve("run/systemd/system"));
        tool("systemctl", "[ $1 != show ] || echo ActiveState=$(cat " + host.resolve("state") + ")");
        tool("deb-systemd-invoke", "echo \"$@\" >>" + told);
        tool("deb-systemd-helper", "true");
        tool("after-installation", "true");
        state("active");
    }

    @Test
    void whoeverHasStoppedItFindsItStoppedAfterAnUpgrade() throws Exception {
        state("inactive");
        upgrade();
        assertThat(Files.readAllLines(told)).isEmpty();

        state("active");
        upgrade();
        assertThat(Files.readAllLines(told)).containsExactly("restart nova-gpu-binder.service");
    }

    /** A new version may be what mends it. */
    @ParameterizedTest
    @ValueSource(strings = {"active", "activating", "failed", "deactivating"})
    void anUpgradeStartsItAnew(String state) throws Exception {
        state(state);
        upgrade();
        assertThat(Files.readAllLines(told)).containsExactly("restart nova-gpu-binder.service");
    }

    @Test
    void aPackageThatComesBackAfterARemovalIsStarted() throws Exception {
        script("prerm", "remove");
        state("inactive");
        script("postinst", "configure", "0.1.0");
        assertThat(Files.readAllLines(told))
                .containsExactly("stop nova-gpu-binder.service", "restart nova-gpu-binder.service");
    }

    /** To systemd's try-restart a unit that is activating does not run (job.c:job_type_collapse). */
    @ParameterizedTest
    @CsvSource({"active,1", "activating,1", "failed,1", "deactivating,0", "inactive,0"})
    void anUpgradeOfTheRpmStartsItAnewUnlessItWasStopped(String state, int times) throws Exception {
        state(state);
        tool("systemctl", """
                case "$*" in
                show*) echo ActiveState=%1$s ;;
                *try-restart*) [ %1$s != active ] || echo restarted >>%2$s ;;
                *" restart "*) echo restarted >>%2$s ;;
                esac""".formatted(state, told));
        String spec = Files.readString(Path.of("src/packaging/rpm/nova-gpu-binder.spec.in"));
        run(
                Files.writeString(
                        host.resolve("postun"),
                        spec.substring(spec.indexOf("%postun\n") + 8).replace("%{unit}", "nova-gpu-binder.service")),
                Map.of(),
                "1");
        assertThat(Files.readAllLines(told)).hasSize(times);
    }

    @Test
    void anInterruptedInstallationOfPackagesForTheTestsForbidsNoServiceToStart() throws Exception {
        Path policy = host.resolve("policy-rc.d");
        Path lib = Files.writeString(
                host.resolve("common.sh"),
                Files.readString(Path.of("src/dev/lib/common.sh"))
                        .replace("/usr/sbin/policy-rc.d", policy.toString())
                        .replace("/run/lock/", host + "/"));
        tool("apt-get", "kill -TERM $PPID; exit 143");
        tool("dpkg-query", "exit 1");
        tool("id", "echo 0");
        ProcessBuilder bash = new ProcessBuilder(
                "bash", "-c", "trap 'exit 130' INT TERM HUP; . \"$1\"; packages something", "-", lib.toString());
        Ended interrupted = ended(bash);
        assertThat(interrupted.status()).as(interrupted.said()).isNotZero();
        assertThat(policy).doesNotExist();
    }

    /** Systemd would take the end of the daemon that records classes for that of the agent, and kill it. */
    @Test
    void whatRunsDuringAnInstallationTellsNothingToTheSystemdOfWhoeverInstalls() throws Exception {
        tool("nova-gpu-binder", "env >" + told);
        Files.createDirectories(host.resolve("etc/nova-gpu-binder"));
        run(
                Path.of("src/packaging/after-installation"),
                Map.of("NOTIFY_SOCKET", "/run/systemd/notify", "WATCHDOG_USEC", "60000000"));

        assertThat(Files.readAllLines(told))
                .anyMatch(line -> line.startsWith("NOVA_GPU_BINDER_RECORD_CLASSES=" + host))
                .noneMatch(line -> line.startsWith("NOTIFY_SOCKET=") || line.startsWith("WATCHDOG_USEC="));
    }

    private void upgrade() throws Exception {
        script("prerm", "upgrade", "0.2.0");
        script("postinst", "configure", "0.1.0");
    }

    private void state(String active) throws IOException {
        Files.writeString(host.resolve("state"), active);
    }

    private void tool(String name, String does) throws IOException {
        Path file = Files.writeString(host.resolve(name), "#!/bin/sh\n" + does + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private void script(String name, String... arguments) throws Exception {
        run(Path.of("src/packaging/control", name), Map.of(), arguments);
    }

    private void run(Path script, Map<String, String> environment, String... arguments) throws Exception {
        String text = Files.readString(script)
                .replace("/run/", host + "/run/")
                .replace("/etc/nova-gpu-binder/", host + "/etc/nova-gpu-binder/")
                .replace("/var/cache/", host + "/cache/")
                .replace("/usr/share/nova-gpu-binder/", host + "/");
        Path file = Files.writeString(host.resolve("script"), text);
        ProcessBuilder sh = new ProcessBuilder("sh", file.toString());
        sh.command().addAll(List.of(arguments));
        sh.environment().putAll(environment);
        Ended done = ended(sh);
        assertThat(done.status()).as(done.said()).isZero();
    }

    private record Ended(int status, String said) {}

    private Ended ended(ProcessBuilder command) throws Exception {
        command.environment().put("PATH", host + ":" + System.getenv("PATH"));
        Process process = command.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), said);
    }
}
