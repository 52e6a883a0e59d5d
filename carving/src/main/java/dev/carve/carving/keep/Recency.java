package dev.carve.carving.keep;

import dev.carve.runtime.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * How often exchanges that differ at a path were kept lately: the first few at once, then one in a
 * while, so that a new side that is always wrong does not write all day. What is remembered is
 * bounded; a path that was forgotten begins anew. Any thread.
 */
final class Recency {

    private static final int PATHS_MAX = 5_000;

    /** Where. */
    private record Place(CarveKey carve, String path) {}

    /** How many and when. */
    private record Kept(int count, long lastNanos) {}

    private final int atOnce;
    private final long everyNanos;
    private final Clock clock;

    // Guarded by this; the least recently kept first.
    private final LinkedHashMap<Place, Kept> kept = new LinkedHashMap<>(64, 0.75f, true);
    private long dropped;

    Recency(int atOnce, Duration every, Clock clock) {
        this.atOnce = atOnce;
        everyNanos = every.toNanos();
        this.clock = clock;
    }

    /** Whether any of the paths is due; if so, all of them count as kept. */
    synchronized boolean wants(CarveKey carve, List<String> paths) {
        long now = clock.nanos();
        if (paths.stream().noneMatch(path -> isDue(new Place(carve, path), now))) {
            dropped++;
            return false;
        }
        for (String path : paths) {
            kept.merge(
                    new Place(carve, path),
                    new Kept(1, now),
                    (before, _) -> new Kept(Math.min(before.count() + 1, atOnce), now));
        }
        while (kept.size() > PATHS_MAX) {
            kept.pollFirstEntry();
        }
        return true;
    }

    private boolean isDue(Place place, long now) {
        Kept last = kept.get(place);
        return last == null || last.count() < atOnce || now - last.lastNanos() >= everyNanos;
    }

    synchronized void forget(String route) {
        kept.keySet().removeIf(place -> place.carve().route().equals(route));
    }

    synchronized long dropped() {
        return dropped;
    }
}
