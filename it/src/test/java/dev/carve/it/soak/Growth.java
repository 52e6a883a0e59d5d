package dev.carve.it.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether a figure keeps growing: the median of the last quarter of its samples against that of the
 * quarter before. Medians, since what a burst takes and gives back is no growth. One thread.
 */
final class Growth {

    private final String name;
    private final long boundKib;
    private final List<Long> samples = new ArrayList<>();

    /**
     * @param boundKib by how much it may grow from one quarter to the next
     */
    Growth(String name, long boundKib) {
        this.name = name;
        this.boundKib = boundKib;
    }

    /** A negative one says that the system does not tell. */
    void add(long kib) {
        samples.add(kib);
    }

    /** Begins anew. */
    void clear() {
        samples.clear();
    }

    Optional<String> violation() {
        if (!isMeasured() || lastKib() - thirdKib() <= boundKib) {
            return Optional.empty();
        }
        return Optional.of(
                "%s grew by %d KiB within a quarter (expected: at most %d)"
                        .formatted(name, lastKib() - thirdKib(), boundKib));
    }

    private boolean isMeasured() {
        return samples.size() >= 4 && samples.stream().noneMatch(each -> each < 0);
    }

    private long thirdKib() {
        int quarter = samples.size() / 4;
        return median(samples.subList(samples.size() - 2 * quarter, samples.size() - quarter));
    }

    private long lastKib() {
        return median(samples.subList(samples.size() - samples.size() / 4, samples.size()));
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElse(0L);
    }

    @Override
    public String toString() {
        if (!isMeasured()) {
            return name + ": not measured (no /proc, or too short)";
        }
        long peak = samples.stream().mapToLong(Long::longValue).max().orElse(0);
        return "%s: third quarter %.1f MiB, last quarter %.1f MiB, peak %.1f MiB"
                .formatted(name, thirdKib() / 1024.0, lastKib() / 1024.0, peak / 1024.0);
    }
}
