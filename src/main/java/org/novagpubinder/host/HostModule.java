package org.novagpubinder.host;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import org.novagpubinder.host.files.DeviceFiles;
import org.novagpubinder.host.files.LibvirtView;
import org.novagpubinder.host.files.RuntimeDirectory;
import org.novagpubinder.host.proc.DaemonProcess;
import org.novagpubinder.host.proc.HostBoot;
import org.novagpubinder.host.proc.MigratePages;
import org.novagpubinder.host.proc.NovaComputeProcess;
import org.novagpubinder.host.proc.NumaMaps;
import org.novagpubinder.host.proc.PageMigration;
import org.novagpubinder.host.proc.PatientReader;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.host.proc.VcpuTimes;
import org.novagpubinder.host.sysfs.GpuNodeOverride;
import org.novagpubinder.host.sysfs.HostDevices;
import org.novagpubinder.host.sysfs.HostFacts;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.host.sysfs.PciClasses;
import org.novagpubinder.host.sysfs.PciNames;
import org.novagpubinder.host.sysfs.PciRoutes;
import org.novagpubinder.host.sysfs.VgpuReader;

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
    PatientReader patientReader() {
        return new PatientReader();
    }

    @Provides
    @Singleton
    HostBoot hostBoot() {
        return new HostBoot(root);
    }

    @Provides
    @Singleton
    RuntimeDirectory runtimeDirectory() {
        return new RuntimeDirectory(root);
    }

    @Provides
    @Singleton
    NovaComputeProcess novaComputeProcess() {
        return new NovaComputeProcess(root);
    }

    @Provides
    @Singleton
    QemuProcesses qemuProcesses(PatientReader reader) {
        return new QemuProcesses(root, reader);
    }

    @Provides
    @Singleton
    DaemonProcess daemonProcess(PatientReader reader) {
        return new DaemonProcess(root, reader);
    }

    @Provides
    @Singleton
    NumaMaps numaMaps(PatientReader reader) {
        return new NumaMaps(root, reader);
    }

    @Provides
    @Singleton
    DeviceFiles deviceFiles() {
        return new DeviceFiles(root);
    }

    @Provides
    @Singleton
    LibvirtView libvirtView() {
        return new LibvirtView(root);
    }

    @Provides
    @Singleton
    VgpuReader vgpuReader() {
        return new VgpuReader(root);
    }

    @Provides
    @Singleton
    HostDevices hostDevices() {
        return new HostDevices(root);
    }

    @Provides
    @Singleton
    HostFacts hostFacts() {
        return new HostFacts(root);
    }

    @Provides
    @Singleton
    PageMigration pageMigration() {
        return new MigratePages();
    }

    @Provides
    @Singleton
    PciNames pciNames() {
        return new PciNames(root);
    }

    @Provides
    @Singleton
    PciRoutes pciRoutes() {
        return new PciRoutes(root);
    }

    @Provides
    @Singleton
    VcpuTimes vcpuTimes() {
        return new VcpuTimes(root);
    }

    @Provides
    @Singleton
    PciClasses pciClasses() {
        return new PciClasses(root);
    }
}
