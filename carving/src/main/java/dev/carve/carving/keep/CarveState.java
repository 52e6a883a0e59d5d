package dev.carve.carving.keep;

import java.time.Instant;

/**
 * How far a carve is. Immutable; times are kept to the millisecond.
 *
 * @param carve which
 * @param stage the stage's word
 * @param share of the route's requests that the new side serves, in ten-thousandths
 * @param step number of the step in force, from 0
 * @param stepBegan when it began
 * @param reason why it is paused or rolled back; else empty
 * @param updatedAt when it was changed
 * @param version 0 if it was never kept, else as the store gave it
 */
public record CarveState(
        CarveKey carve,
        String stage,
        int share,
        int step,
        Instant stepBegan,
        String reason,
        Instant updatedAt,
        long version) {

    /** All requests. */
    public static final int SHARE_MAX = 10_000;

    private static final int REASON_CHARS_MAX = 2_000;

    public CarveState {
        if (stage.isEmpty() || share < 0 || share > SHARE_MAX || step < 0 || version < 0) {
            throw new IllegalArgumentException(
                    "%s: stage \"%s\", share %d, step %d, version %d (expected: a stage, a share of 0 to 10000, no negative number)"
                            .formatted(carve, stage, share, step, version));
        }
        stepBegan = Instant.ofEpochMilli(stepBegan.toEpochMilli());
        updatedAt = Instant.ofEpochMilli(updatedAt.toEpochMilli());
        reason = reason.substring(0, Math.min(reason.length(), REASON_CHARS_MAX));
    }

    /** The same state as the store has it. */
    CarveState withVersion(long kept) {
        return new CarveState(carve, stage, share, step, stepBegan, reason, updatedAt, kept);
    }
}
