package dev.carve.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Sees changes of the file, of what it includes and fills in, and of the certificates and keys that
 * it names, and reloads once they have settled.
 *
 * <p>Looks instead of being told: watches of the system miss changes on network file systems and
 * behind the links of a mounted ConfigMap, and a few calls a second cost nothing.
 *
 * <p>Threads: control.
 */
final class FileWatch {

    private static final long EVERY_MILLIS = 500;

    private final Path file;

    // Control only, once started.
    private Set<Path> sources = Set.of();
    private Runnable reload = () -> {};
    private Map<Path, Stamp> loaded;
    private Map<Path, Stamp> seen;

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

    /** To be made before the file is read: what changes from now on is seen. */
    FileWatch(Path file) {
        this.file = file.toAbsolutePath().normalize();
        loaded = Map.of(this.file, Stamp.of(this.file));
        seen = loaded;
    }

    /**
     * What makes up the configuration by its last reading, whatever came of that: told at once, so
     * that a change after it is seen. Called before the start, and on control afterwards.
     */
    void read(Set<Path> sources) {
        this.sources = sources;
        loaded = lookAround(loaded);
    }

    /** Looks from now on. */
    void start(ScheduledExecutorService control, Runnable reload) {
        control.execute(() -> begin(reload));
        control.scheduleWithFixedDelay(
                this::check, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    void begin(Runnable reload) {
        this.reload = reload;
        loaded = lookAround(loaded);
        seen = loaded;
    }

    /** A change counts once it looks the same twice: editors write in several steps. */
    void check() {
        Map<Path, Stamp> now = look();
        boolean settled = now.equals(seen);
        seen = now;
        if (settled && !now.equals(loaded)) {
            reload.run();
            // As it was before the reading: what changed during it counts as not read. What it read
            // for the first time, as it was then.
            Map<Path, Stamp> known = new HashMap<>(loaded);
            known.putAll(now);
            loaded = lookAround(known);
            seen = loaded;
        }
    }

    /** Adds what the configuration includes by now. What is known already stays as it was seen. */
    private Map<Path, Stamp> lookAround(Map<Path, Stamp> known) {
        Map<Path, Stamp> stamps = look();
        stamps.replaceAll((path, stamp) -> known.getOrDefault(path, stamp));
        return stamps;
    }

    private Map<Path, Stamp> look() {
        Map<Path, Stamp> stamps = new HashMap<>();
        stamps.put(file, Stamp.of(file));
        for (Path each : sources) {
            stamps.put(each, Stamp.of(each));
        }
        return stamps;
    }
}
