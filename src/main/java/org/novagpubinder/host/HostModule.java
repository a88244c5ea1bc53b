package org.novagpubinder.host;

import com.google.inject.Binder;
import com.google.inject.Module;
import com.google.inject.Provides;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
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
import org.novagpubinder.host.sysfs.HostSource;
import org.novagpubinder.host.sysfs.PciClasses;
import org.novagpubinder.host.sysfs.PciNames;
import org.novagpubinder.host.sysfs.PciRoutes;
import org.novagpubinder.host.sysfs.VgpuReader;

/** Binds the readers of sysfs and procfs. */
public final class HostModule implements Module {
    private final Path root;
    private final List<GpuNodeOverride> overrides;

    /**
     * A module for one host.
     *
     * @param root the directory that has sys/ and proc/: / for this machine
     * @param overrides the operator's word about GPUs' nodes
     */
    public HostModule(Path root, List<GpuNodeOverride> overrides) {
        this.root = root;
        this.overrides = overrides;
    }

    @Override
    public void configure(Binder binder) {
        binder.bind(PageMigration.class).to(MigratePages.class).in(Singleton.class);
        binder.bind(HostSource.class).to(HostReader.class);
        binder.bind(PatientReader.class).in(Singleton.class);
        below(binder, DeviceFiles.class, DeviceFiles::new);
        below(binder, HostBoot.class, HostBoot::new);
        below(binder, HostDevices.class, HostDevices::new);
        below(binder, HostFacts.class, HostFacts::new);
        below(binder, LibvirtView.class, LibvirtView::new);
        below(binder, PciClasses.class, PciClasses::new);
        below(binder, PciNames.class, PciNames::new);
        below(binder, PciRoutes.class, PciRoutes::new);
        below(binder, RuntimeDirectory.class, RuntimeDirectory::new);
        below(binder, VcpuTimes.class, VcpuTimes::new);
        below(binder, VgpuReader.class, VgpuReader::new);
    }

    private <T> void below(Binder binder, Class<T> type, Function<Path, T> reader) {
        binder.bind(type).toProvider(() -> reader.apply(root)).in(Singleton.class);
    }

    @Provides
    @Singleton
    HostReader hostReader() {
        return new HostReader(root, overrides);
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
    NovaComputeProcess novaComputeProcess(PatientReader reader) {
        return new NovaComputeProcess(root, reader);
    }

    @Provides
    @Singleton
    NumaMaps numaMaps(PatientReader reader) {
        return new NumaMaps(root, reader);
    }
}
