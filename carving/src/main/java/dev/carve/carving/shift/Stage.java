package dev.carve.carving.shift;

import java.util.Locale;

/** Where a carve stands. The share of a shift is beside it, in {@link ShiftState}. */
public enum Stage {
    /** Nothing is copied and nothing moved: all requests go to the old side. */
    OFF,
    /** The old side answers, copies go to the new one. */
    MIRROR,
    /** A share is answered by the new side, and the guard judges. */
    SHIFT,
    /** The new side answers all, and nothing is compared any more. */
    DONE,
    /** A shift that stays where it is until someone resumes it; the guard goes on judging. */
    PAUSED,
    /** All requests went back to the old side; stays so until someone starts again. */
    ROLLED_BACK;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The word in the file, in logs and in the store. */
    public String text() {
        return text;
    }
}
