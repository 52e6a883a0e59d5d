package dev.carve.app;

import dev.carve.config.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Sees changes of the file and of what it includes, and reloads once they have settled.
 *
 * <p>Looks instead of being told: watches of the system miss changes on network file systems and
 * behind the links of a mounted ConfigMap, and a few calls a second cost nothing.
 *
 * <p>Threads: control.
 */
final class FileWatch {

    private static final long EVERY_MILLIS = 500;

    private final Path file;
    private final Supplier<Loaded> current;
    private final Runnable reload;

    // Control only.
    private Map<Path, Stamp> loaded = Map.of();
    private Map<Path, Stamp> seen = Map.of();

    /** What tells one content of a file from another without reading it. */
    private record Stamp(long modified, long size, String identity) {

        static final Stamp ABSENT = new Stamp(0, -1, "");

        static Stamp of(Path path) {
            try {
                BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
                return new Stamp(
                        found.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                        found.isDirectory() ? 0 : found.size(),
                        String.valueOf(found.fileKey()));
            } catch (IOException absent) {
                return ABSENT;
            }
        }
    }

    FileWatch(Path file, Supplier<Loaded> current, Runnable reload) {
        this.file = file.toAbsolutePath().normalize();
        this.current = current;
        this.reload = reload;
    }

    void start(ScheduledExecutorService control) {
        control.execute(() -> {
            loaded = look();
            seen = loaded;
        });
        control.scheduleWithFixedDelay(
                this::check, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** A change counts once it looks the same twice: editors write in several steps. */
    private void check() {
        Map<Path, Stamp> now = look();
        boolean settled = now.equals(seen);
        seen = now;
        if (settled && !now.equals(loaded)) {
            reload.run();
            // What the new configuration includes may be other files.
            loaded = look();
            seen = loaded;
        }
    }

    private Map<Path, Stamp> look() {
        Map<Path, Stamp> stamps = new HashMap<>();
        stamps.put(file, Stamp.of(file));
        for (Path each : current.get().sources()) {
            stamps.put(each, Stamp.of(each));
        }
        return stamps;
    }
}
