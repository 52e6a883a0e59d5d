package dev.carve.admin.machine;

import dev.carve.runtime.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the system tells what it counts. Finds the control group once; immutable after that.
 *
 * <p>Thread: the one that samples; reading these files does not wait for a device.
 */
final class MachineFiles {

    private final Path proc;
    private final @Nullable Path cpuStat;

    /**
     * @param root the root of the file system, or a folder laid out like it
     */
    MachineFiles(Path root) {
        proc = root.resolve("proc");
        cpuStat = findCpuStat(root, read(proc.resolve("self/cgroup")));
    }

    /** The group's own file: below its path, or, in a container with its own view, at the root. */
    private static @Nullable Path findCpuStat(Path root, @Nullable String groups) {
        Path mounted = root.resolve("sys/fs/cgroup");
        if (groups == null) {
            return null;
        }
        for (String line : groups.lines().toList()) {
            // hierarchy:controllers:path; version 2 has no controllers.
            String[] parts = line.split(":", 3);
            if (parts.length < 3) {
                continue;
            }
            boolean second = parts[1].isEmpty();
            boolean cpu = List.of(parts[1].split(",", -1)).contains("cpu");
            if (!second && !cpu) {
                continue;
            }
            Path base = second ? mounted : mounted.resolve(parts[1]);
            Path own = base.resolve("." + parts[2]).resolve("cpu.stat").normalize();
            for (Path each :
                    new Path[] {
                        own, base.resolve("cpu.stat"), mounted.resolve("cpu").resolve("cpu.stat")
                    }) {
                if (own.startsWith(mounted) && Files.isReadable(each)) {
                    return each;
                }
            }
        }
        return null;
    }

    CpuSample sample(Clock clock) {
        String group = cpuStat == null ? null : read(cpuStat);
        String stat = read(proc.resolve("stat"));
        String load = read(proc.resolve("loadavg"));
        return new CpuSample(
                clock.nanos(),
                group == null ? null : CpuSample.Throttling.parse(group),
                stat == null ? null : CpuSample.Ticks.parse(stat),
                load == null ? null : CpuSample.parseLoad(load));
    }

    static @Nullable String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException | SecurityException e) {
            return null; // Not this system, or not for us: there is no series then.
        }
    }
}
