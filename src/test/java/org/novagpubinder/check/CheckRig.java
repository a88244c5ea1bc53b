package org.novagpubinder.check;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.novagpubinder.check.broker.BrokerConnections;
import org.novagpubinder.check.libvirt.LibvirtProbe;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.check.result.CheckResult.State;
import org.novagpubinder.config.ConfigLoader;
import org.novagpubinder.config.ConfigModule;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.host.HostModule;
import org.novagpubinder.host.proc.PatientReader;
import org.novagpubinder.host.sysfs.GpuNodeOverride;

/** Checks of a configuration and a host's tree. */
public final class CheckRig implements AutoCloseable {
    private final Injector injector;

    private CheckRig(ConfigReport report, Path root) {
        List<GpuNodeOverride> overrides = report.config().binding().gpuNodes();
        injector = Guice.createInjector(
                new ConfigModule(report.config()), new HostModule(root, overrides), new CheckModule(report));
    }

    /** A configuration of one file, and the host below the directory. */
    public static CheckRig of(Path directory, String configuration) throws IOException {
        Path file = Files.writeString(directory.resolve("nova.conf"), configuration);
        return of(directory, List.of(file));
    }

    /** A configuration of several files, or of none that is there. */
    public static CheckRig of(Path directory, List<Path> files) {
        return new CheckRig(new ConfigLoader(new PatientReader()).report(files, List.of()), directory);
    }

    /** With another URI of libvirt. */
    public static CheckRig ofLibvirt(Path directory, String uri) throws IOException {
        Path file = Files.writeString(directory.resolve("nova.conf"), "[DEFAULT]\nhost = cmp-a\n");
        return new CheckRig(
                new ConfigLoader(new PatientReader())
                        .report(List.of(file), List.of())
                        .withConnectionUri(uri),
                directory);
    }

    /** What a check finds. */
    public List<CheckResult> run(Class<? extends Check> check) throws Exception {
        return CheckResult.of(injector.getInstance(check));
    }

    /** The one thing that a check finds. */
    public CheckResult one(Class<? extends Check> check) throws Exception {
        List<CheckResult> results = run(check);
        if (results.size() != 1) {
            throw new AssertionError(results);
        }
        return results.get(0);
    }

    /** State, text and remedy of the one thing, in one text. */
    public String told(Class<? extends Check> check) throws Exception {
        CheckResult result = one(check);
        return result.state() + " " + result.text() + (result.state() == State.OK ? "" : "\n" + result.remedy());
    }

    public <T> T get(Class<T> type) {
        return injector.getInstance(type);
    }

    @Override
    public void close() {
        injector.getInstance(BrokerConnections.class).close();
        injector.getInstance(LibvirtProbe.class).close();
    }
}
