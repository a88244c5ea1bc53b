package org.novagpubinder.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.host.proc.NovaComputeProcess;
import org.novagpubinder.host.proc.PatientReader;

/** Which Nova a host has, and what follows from it. */
class NovaReleaseTest {
    @TempDir
    Path root;

    private OptionalInt major() {
        return new NovaRelease(new NovaComputeProcess(root, new PatientReader(Runnable::run))).major();
    }

    private void installed(String path) throws IOException {
        Files.createDirectories(root.resolve(path));
    }

    private void runs(int process, String... words) throws IOException {
        Files.createDirectories(root.resolve("proc/" + process));
        Files.writeString(root.resolve("proc/" + process + "/cmdline"), String.join("\0", words) + "\0");
    }

    @ParameterizedTest
    @CsvSource({
        "usr/lib/python3/dist-packages/nova-26.2.2.egg-info, 26",
        "usr/lib/python3.9/site-packages/nova-33.0.2.dist-info, 33",
        "usr/lib64/python3.12/site-packages/nova-27.0.0.0rc1.dist-info, 27",
        "openstack/venvs/nova-31.0.1/lib/python3.12/site-packages/nova-31.0.1.dev5.dist-info, 31",
    })
    void itIsFoundWherePackagesAndVirtualEnvironmentsHaveIt(String path, int release) throws IOException {
        installed(path);
        installed(path.replace("nova-", "nova_powervm-9"));
        assertThat(major()).hasValue(release);
    }

    @Test
    void theOneThatRunsCountsInAContainerToo() throws IOException {
        installed("usr/lib/python3/dist-packages/nova-26.2.2.egg-info");
        runs(1, "/sbin/init");
        runs(4711, "/var/lib/kolla/venv/bin/python3", "/var/lib/kolla/venv/bin/nova-compute");
        installed("proc/4711/root/var/lib/kolla/venv/lib/python3.12/site-packages/nova-32.1.0.dist-info");
        assertThat(major()).hasValue(32);
    }

    @Test
    void aHostWithoutNovaHasNone() throws IOException {
        runs(7, "vim", "/etc/nova/nova-compute.conf");
        installed("usr/lib/python3/dist-packages/novaclient-18.0.0.dist-info");
        assertThat(major()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"26, 16.0", "27, 4.0", "33, 4.0", ", 4.0"})
    void withoutARatioThatIsSetItsInitialOneHolds(Integer release, double ratio) throws Exception {
        ConfigLoader loader = new ConfigLoader(new ConfigEnvironment(
                List.of(),
                List.of(),
                List.of(),
                () -> "host",
                UrlCredential.NONE,
                () -> release == null ? OptionalInt.empty() : OptionalInt.of(release),
                null));
        assertThat(loader.report(List.of(), List.of()).checked().cpuAllocationRatio())
                .isEqualTo(ratio);
    }
}
