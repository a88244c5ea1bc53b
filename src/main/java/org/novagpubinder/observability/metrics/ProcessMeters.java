package org.novagpubinder.observability.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.novagpubinder.config.settings.BinderConfig;

/** The daemon's own process, under the names that every Prometheus client uses, and its version. */
public record ProcessMeters(BinderConfig config) implements Meters {
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s*([0-9]{1,15}) kB$");

    @Inject
    public ProcessMeters {}

    /** The version that the build wrote into the jar's manifest; "development" when not run from a jar. */
    public static String version() {
        return Optional.ofNullable(ProcessMeters.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    @Override
    public void register(PrometheusRegistry registry) {
        Info build = Info.builder()
                .name(PREFIX + "build_info")
                .help("Version, Java's version, and what Nova calls this host")
                .labelNames("version", "java", "host")
                .register(registry);
        build.setLabelValues(version(), Runtime.version().toString(), config.host());
        var runtime = ManagementFactory.getRuntimeMXBean();
        GaugeWithCallback.builder()
                .name("process_start_time_seconds")
                .help("When the process was started")
                .callback(gauge -> gauge.call(runtime.getStartTime() / MILLIS))
                .register(registry);
        GaugeWithCallback.builder()
                .name("process_resident_memory_bytes")
                .help("Memory of the process")
                .callback(gauge -> residentBytes().ifPresent(gauge::call))
                .register(registry);
        GaugeWithCallback.builder()
                .name("jvm_memory_used_bytes")
                .help("Of it, heap in use")
                .labelNames("area")
                .callback(gauge -> gauge.call(
                        (double) ManagementFactory.getMemoryMXBean()
                                .getHeapMemoryUsage()
                                .getUsed(),
                        "heap"))
                .register(registry);
        GaugeWithCallback.builder()
                .name("jvm_threads_current")
                .help("Threads of the process")
                .callback(
                        gauge -> gauge.call(ManagementFactory.getThreadMXBean().getThreadCount()))
                .register(registry);
        CounterWithCallback.builder()
                .name("jvm_gc_collection_seconds")
                .help("Time spent in garbage collections")
                .callback(counter -> counter.call(ManagementFactory.getGarbageCollectorMXBeans().stream()
                                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                                .filter(ms -> ms > 0)
                                .sum()
                        / MILLIS))
                .register(registry);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            CounterWithCallback.builder()
                    .name("process_cpu_seconds")
                    .help("CPU time of the process")
                    .callback(counter -> counter.call(unix.getProcessCpuTime() / NANOS))
                    .register(registry);
            GaugeWithCallback.builder()
                    .name("process_open_fds")
                    .help("Open files of the process")
                    .callback(gauge -> gauge.call((double) unix.getOpenFileDescriptorCount()))
                    .register(registry);
            GaugeWithCallback.builder()
                    .name("process_max_fds")
                    .help("Most files that it may open")
                    .callback(gauge -> gauge.call((double) unix.getMaxFileDescriptorCount()))
                    .register(registry);
        }
    }

    /** Its line VmRSS is in KiB, whatever the kernel's pages are: 4 KiB, or 64 on some arm64 (proc(5)). */
    static Optional<Double> residentBytes(String status) {
        Matcher resident = RESIDENT.matcher(status);
        return resident.find() ? Optional.of(Long.parseLong(resident.group(1)) * KIB) : Optional.empty();
    }

    private static Optional<Double> residentBytes() {
        try {
            return residentBytes(Files.readString(Path.of("/proc/self/status")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
