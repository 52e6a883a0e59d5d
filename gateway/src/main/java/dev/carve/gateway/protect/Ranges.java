package dev.carve.gateway.protect;

import dev.carve.runtime.Share;
import java.time.Duration;

/** Refuses values outside their range with a message that names place, value and range. */
final class Ranges {

    private Ranges() {}

    static void check(String place, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    place + ": " + value + " (expected: " + min + " to " + max + ")");
        }
    }

    static void check(String place, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    place + ": " + value + " (expected: " + min + " to " + max + ")");
        }
    }

    static void positive(String place, Share value) {
        if (value.fraction() <= 0) {
            throw new IllegalArgumentException(place + ": " + value + " (expected: more than 0%)");
        }
    }
}
