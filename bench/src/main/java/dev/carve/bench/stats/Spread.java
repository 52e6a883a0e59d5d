package dev.carve.bench.stats;

import java.util.List;

/**
 * How far apart two identical contenders came out: the resolution of a run. A ratio inside it is
 * not a difference.
 *
 * @param factor at least one; 1.03 means that ratios from 1/1.03 to 1.03 count as equal
 */
public record Spread(double factor) {

    /**
     * The widest reach of the A/A intervals. Which of two identical instances stands above the line
     * is arbitrary, so the spread is symmetric (in factors) around one.
     */
    public static Spread of(List<Paired> identical) {
        if (identical.isEmpty()) {
            throw new IllegalArgumentException("no A/A pair (expected at least one)");
        }
        return new Spread(
                identical.stream()
                        .mapToDouble(pair -> pair.interval().reachFromOne())
                        .max()
                        .getAsDouble());
    }

    public boolean covers(double ratio) {
        return ratio <= factor && ratio >= 1 / factor;
    }
}
