package dev.carve.bench;

import java.time.Duration;

/**
 * How long things take.
 *
 * @param rounds recorded
 * @param repeatsMax rounds that may be measured again because others disturbed them, per scenario
 * @param window one contender's turn in a round
 * @param warmUpJvm before the first round, for what compiles at run time
 * @param warmUpNative for the rest
 */
record Pace(
        int rounds,
        int repeatsMax,
        Duration window,
        Duration warmUpJvm,
        Duration warmUpNative,
        int idleConnections) {

    /** Rounds enough for a median beside a fixed bar. */
    static final int FEW = 3;

    private static final Duration BRIEF_WINDOW = Duration.ofSeconds(2);
    private static final Duration BRIEF_WARM_UP = Duration.ofSeconds(8);

    static final Pace FULL =
            new Pace(
                    7,
                    14,
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(15),
                    Duration.ofSeconds(2),
                    10_000);

    /** For a smoke test: shows that all works, says nothing about speed. */
    static final Pace QUICK =
            new Pace(
                    1, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1), 200);

    Pace withRounds(int other) {
        return new Pace(other, 2 * other, window, warmUpJvm, warmUpNative, idleConnections);
    }

    Pace withWindow(Duration other) {
        return new Pace(rounds, repeatsMax, other, warmUpJvm, warmUpNative, idleConnections);
    }

    Pace withoutRepeats() {
        return new Pace(rounds, 0, window, warmUpJvm, warmUpNative, idleConnections);
    }

    /** For rows that hold a fixed bar, without a ratio that needs pairs. */
    Pace few() {
        return new Pace(
                Math.min(rounds, FEW),
                Math.min(repeatsMax, FEW),
                window,
                warmUpJvm,
                warmUpNative,
                idleConnections);
    }

    /** For rows beside the main ones: shorter windows, and a warm-up that suffices for copying. */
    Pace brief() {
        return new Pace(
                rounds,
                repeatsMax,
                shorter(window, BRIEF_WINDOW),
                shorter(warmUpJvm, BRIEF_WARM_UP),
                warmUpNative,
                idleConnections);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
