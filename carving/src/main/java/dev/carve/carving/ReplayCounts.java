package dev.carve.carving;

import java.util.concurrent.atomic.LongAdder;

/** How the kept requests of one carve fared that were sent again. Any thread. */
final class ReplayCounts {

    private final LongAdder[] counts = new LongAdder[Replay.Verdict.values().length];

    ReplayCounts() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    void add(Replay.Verdict verdict) {
        counts[verdict.ordinal()].increment();
    }

    long of(Replay.Verdict verdict) {
        return counts[verdict.ordinal()].sum();
    }
}
