package dev.carve.carving;

import dev.carve.carving.compare.Comparison;
import dev.carve.carving.compare.Learnt;
import dev.carve.carving.compare.Noise;
import dev.carve.carving.compare.NoiseRule;
import dev.carve.carving.compare.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What comparing found on one route: how many pairs were the same, differed, or differed only where
 * the old side differs from itself.
 *
 * <p>Threads: workers add, any reads.
 */
final class Findings {

    private static final int ROWS_MAX = 100;

    private final Noise noise = new Noise(NoiseRule.DEFAULT);
    private final LongAdder same = new LongAdder();
    private final LongAdder mismatches = new LongAdder();
    private final LongAdder noisy = new LongAdder();
    private final LongAdder skipped = new LongAdder();

    /** What a comparison of old and new says about the new side. */
    enum Result {
        SAME,
        NOISE,
        MISMATCH,
        SKIPPED
    }

    /** Two answers of the old side were compared. */
    void noise(Comparison found) {
        noise.record(found, true);
    }

    /** An answer of the old side was compared with one of the new side. */
    Result add(Comparison found) {
        noise.record(found, false);
        return switch (found) {
            case Comparison.Same _ -> {
                same.increment();
                yield Result.SAME;
            }
            case Comparison.Skipped _ -> {
                skipped.increment();
                yield Result.SKIPPED;
            }
            case Comparison.Different different -> {
                if (noise.isSuspect(different)) {
                    mismatches.increment();
                    yield Result.MISMATCH;
                }
                noisy.increment();
                yield Result.NOISE;
            }
        };
    }

    long same() {
        return same.sum();
    }

    long mismatches() {
        return mismatches.sum();
    }

    long noisy() {
        return noisy.sum();
    }

    long skipped() {
        return skipped.sum();
    }

    /** Pairs that say something about the new side. */
    long compared() {
        return same() + mismatches() + noisy();
    }

    /** Whether the new side clearly differs more often than the old one from itself somewhere. */
    boolean isClear(Comparison.Different different) {
        return noise.worst(different) == Noise.Verdict.MISMATCH;
    }

    /** Whether a difference there speaks against the new side. */
    boolean isSuspect(Place place) {
        return noise.isSuspect(place);
    }

    /** Takes over what was counted before the process was started anew. */
    void restore(List<Noise.Figures> before) {
        noise.restore(before);
    }

    /** Comparisons so far that noise was learnt from. */
    long learntFrom() {
        return noise.counted();
    }

    List<Noise.Figures> figures() {
        return noise.figures();
    }

    List<Learnt> learnt() {
        return noise.learnt();
    }

    /** The places that differed, worst first, for views. */
    List<Map<String, Object>> rows() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Noise.Figures each : noise.figures()) {
            if (rows.size() == ROWS_MAX) {
                break;
            }
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("place", each.place().toString());
            row.put("verdict", each.verdict());
            row.put("copies", each.copies());
            row.put("copies_differing", each.copiesDiffering());
            row.put("twins", each.twins());
            row.put("twins_differing", each.twinsDiffering());
            rows.add(row);
        }
        return rows;
    }
}
