package org.novagpubinder.host;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;

/** Binds the readers of sysfs and procfs. */
public final class HostModule extends AbstractModule {
    private final Path root;
    private final List<GpuNodeOverride> overrides;

    /**
     * @param root the directory that has sys/ and proc/: / for this machine
     * @param overrides the operator's word about GPUs' nodes
     */
    public HostModule(Path root, List<GpuNodeOverride> overrides) {
        this.root = root;
        this.overrides = List.copyOf(overrides);
    }

    @Provides
    @Singleton
    HostReader hostReader() {
        return new HostReader(root, overrides);
    }

    @Provides
    @Singleton
    QemuProcesses qemuProcesses() {
        return new QemuProcesses(root);
    }

    @Provides
    @Singleton
    DaemonProcess daemonProcess() {
        return new DaemonProcess(root);
    }

    @Provides
    @Singleton
    NovaComputeProcess novaComputeProcess() {
        return new NovaComputeProcess(root);
    }

    @Provides
    @Singleton
    NumaMaps numaMaps() {
        return new NumaMaps(root);
    }

    @Provides
    @Singleton
    DeviceFiles deviceFiles() {
        return new DeviceFiles(root);
    }

    @Provides
    @Singleton
    HostFacts hostFacts() {
        return new HostFacts(root);
    }

    @Provides
    @Singleton
    MigratePages migratePages() {
        return new MigratePages();
    }

    @Provides
    @Singleton
    PciNames pciNames() {
        return new PciNames(root);
    }
}
