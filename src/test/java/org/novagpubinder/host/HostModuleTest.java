package org.novagpubinder.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.host.proc.NumaMaps;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.testing.SysfsTree;

class HostModuleTest {
    @TempDir
    Path root;

    @Test
    void readersOfTheSameRootAreHandedOut() throws Exception {
        SysfsTree.twoNodes(root).file("proc/42/numa_maps", "7f default anon=1 N1=1 kernelpagesize_kB=4\n");
        Injector injector = Guice.createInjector(new HostModule(root, List.of()));

        assertThat(injector.getInstance(HostReader.class).read(Set.of()).nodes())
                .hasSize(2);
        assertThat(injector.getInstance(NumaMaps.class).begin(42, 0).get()).isPresent();
        assertThat(injector.getInstance(QemuProcesses.class)).isSameAs(injector.getInstance(QemuProcesses.class));
    }
}
