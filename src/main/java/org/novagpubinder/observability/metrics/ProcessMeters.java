package org.novagpubinder.observability.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
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
import org.novagpubinder.host.common.OwnVersion;

/** The daemon's own process, under the names that every Prometheus client uses, and its version. */
public record ProcessMeters(BinderConfig config) implements Meters {
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s*([0-9]{1,15}) kB$");

    @Inject
    public ProcessMeters {}

    @Override
    public void register(PrometheusRegistry registry) {
        AskedMeters asked = new AskedMeters(registry);
        Info build = Info.builder()
                .name(PREFIX + "build_info")
                .help("Version, Java's version, and what Nova calls this host")
                .labelNames("version", "java", "host")
                .register(registry);
        build.setLabelValues(OwnVersion.word(), Runtime.version().toString(), config.host());
        var runtime = ManagementFactory.getRuntimeMXBean();
        asked.gauge(
                "process_start_time_seconds", "When the process was started", () -> runtime.getStartTime() / MILLIS);
        asked.gauge("process_resident_memory_bytes", "Memory of the process", gauge -> residentBytes()
                .ifPresent(gauge::call));
        asked.gauge(
                "jvm_memory_used_bytes",
                "Of it, heap in use",
                gauge -> gauge.call(
                        (double) ManagementFactory.getMemoryMXBean()
                                .getHeapMemoryUsage()
                                .getUsed(),
                        "heap"),
                "area");
        asked.gauge("jvm_threads_current", "Threads of the process", () -> ManagementFactory.getThreadMXBean()
                .getThreadCount());
        asked.counter(
                "jvm_gc_collection_seconds",
                "Time spent in garbage collections",
                () -> ManagementFactory.getGarbageCollectorMXBeans().stream()
                                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                                .filter(ms -> ms > 0)
                                .sum()
                        / MILLIS);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            asked.counter("process_cpu_seconds", "CPU time of the process", () -> unix.getProcessCpuTime() / NANOS);
            asked.gauge("process_open_fds", "Open files of the process", () -> unix.getOpenFileDescriptorCount());
            asked.gauge("process_max_fds", "Most files that it may open", () -> unix.getMaxFileDescriptorCount());
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
