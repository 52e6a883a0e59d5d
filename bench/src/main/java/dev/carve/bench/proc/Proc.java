package dev.carve.bench.proc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Reads {@code /proc}. A process that ends while it is read counts as zero: the time of a vanished
 * child is in its parent's numbers no sooner than the parent waits for it, and nobody here measures
 * a process that comes and goes.
 */
public final class Proc {

    private final Path root;

    public Proc() {
        this(Path.of("/proc"));
    }

    Proc(Path root) {
        this.root = root;
    }

    /** The process and all its descendants: a master's workers do the work. */
    public static List<Long> family(ProcessHandle process) {
        return LongStream.concat(
                        LongStream.of(process.pid()),
                        process.descendants().mapToLong(ProcessHandle::pid))
                .boxed()
                .toList();
    }

    /** User plus system ticks of all threads, living and ended, of these processes. */
    public long cpuTicks(Collection<Long> pids) throws IOException {
        long ticks = 0;
        for (long pid : pids) {
            try {
                ticks += ProcessStat.parse(read(pid, "stat")).ticks();
            } catch (NoSuchFileException _) {
                // Ended; see the class comment.
            }
        }
        return ticks;
    }

    /**
     * The harness's own ticks and those of the load generators that it has started and outlived.
     */
    public long ownTicks() throws IOException {
        ProcessStat stat = ProcessStat.parse(read(ProcessHandle.current().pid(), "stat"));
        return stat.ticks() + stat.endedChildrenTicks();
    }

    /** Proportional set size: shared pages are divided among those who map them. */
    public long pssBytes(Collection<Long> pids) throws IOException {
        return kibSum(pids, "smaps_rollup", "Pss:");
    }

    /** The most resident memory each process ever had, summed. */
    public long peakResidentBytes(Collection<Long> pids) throws IOException {
        return kibSum(pids, "status", "VmHWM:");
    }

    public MachineTicks machine() throws IOException {
        return MachineTicks.parse(Files.readString(root.resolve("stat")));
    }

    private long kibSum(Collection<Long> pids, String file, String key) throws IOException {
        long kib = 0;
        for (long pid : pids) {
            try {
                kib += KibField.parse(read(pid, file), key);
            } catch (NoSuchFileException _) {
                // Ended; see the class comment.
            }
        }
        return kib * 1024;
    }

    private String read(long pid, String file) throws IOException {
        return Files.readString(root.resolve(Long.toString(pid)).resolve(file));
    }
}
