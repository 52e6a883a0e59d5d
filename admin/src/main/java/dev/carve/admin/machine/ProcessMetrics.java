package dev.carve.admin.machine;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.carve.runtime.Clock;
import dev.carve.runtime.metrics.Metric;
import dev.carve.runtime.metrics.MetricSink;
import dev.carve.runtime.metrics.MetricSource;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the process takes: CPU, memory, descriptors, threads, and what the garbage collector costs.
 * Immutable; any thread.
 */
public final class ProcessMetrics implements MetricSource {

    private static final Metric BUILD =
            Metric.gauge(
                    "carve_build_info", "Always 1; the labels say what runs.", "version", "java");
    private static final Metric UPTIME =
            Metric.gauge("carve_uptime_seconds", "Time since the start.");
    private static final Metric CPU =
            Metric.counter(
                    "carve_process_cpu_seconds_total", "User and system time of the process.");
    private static final Metric RSS =
            Metric.gauge("carve_process_resident_memory_bytes", "Memory that is in RAM.");
    private static final Metric DESCRIPTORS =
            Metric.gauge("carve_process_open_fds", "Open descriptors.");
    private static final Metric DESCRIPTORS_MAX =
            Metric.gauge("carve_process_max_fds", "Descriptors that may be open.");
    private static final Metric THREADS = Metric.gauge("carve_threads", "Live platform threads.");
    private static final Metric HEAP =
            Metric.gauge("carve_jvm_heap_bytes", "The heap: used, committed, max.", "kind");
    private static final Metric GC_TIME =
            Metric.counter(
                    "carve_jvm_gc_seconds_total",
                    "Time of collections; for concurrent collectors not only pauses.",
                    "collector");
    private static final Metric GC_COUNT =
            Metric.counter("carve_jvm_gc_collections_total", "Collections.", "collector");

    private static final String RESIDENT = "VmRSS:";

    private final Clock clock;
    private final long startedNanos;
    private final String version;

    /**
     * @param version of the program
     */
    public ProcessMetrics(Clock clock, String version) {
        this.clock = clock;
        this.startedNanos = clock.nanos();
        this.version = version;
    }

    @Override
    public void collect(MetricSink sink) {
        sink.value(BUILD, 1, version, Runtime.version().toString());
        sink.value(UPTIME, (clock.nanos() - startedNanos) / 1e9);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os) {
            sink.value(CPU, os.getProcessCpuTime() / 1e9);
            sink.value(DESCRIPTORS, (double) os.getOpenFileDescriptorCount());
            sink.value(DESCRIPTORS_MAX, (double) os.getMaxFileDescriptorCount());
        }
        Long resident = residentBytes(MachineFiles.read(Path.of("/proc/self/status")));
        if (resident != null) {
            sink.value(RSS, (double) resident);
        }
        sink.value(THREADS, ManagementFactory.getThreadMXBean().getThreadCount());
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        sink.value(HEAP, (double) heap.getUsed(), "used");
        sink.value(HEAP, (double) heap.getCommitted(), "committed");
        sink.value(HEAP, (double) heap.getMax(), "max");
        for (GarbageCollectorMXBean each : ManagementFactory.getGarbageCollectorMXBeans()) {
            sink.value(GC_TIME, each.getCollectionTime() / 1e3, each.getName());
            sink.value(GC_COUNT, (double) each.getCollectionCount(), each.getName());
        }
    }

    /** The line VmRSS of {@code /proc/self/status}, in bytes; null if it is not there. */
    static @Nullable Long residentBytes(@Nullable String status) {
        if (status == null) {
            return null;
        }
        for (String line : status.lines().toList()) {
            if (line.startsWith(RESIDENT) && line.endsWith(" kB")) {
                Long kibibytes =
                        CpuSample.number(line.substring(RESIDENT.length(), line.length() - 3));
                return kibibytes == null ? null : kibibytes * 1024;
            }
        }
        return null;
    }
}
