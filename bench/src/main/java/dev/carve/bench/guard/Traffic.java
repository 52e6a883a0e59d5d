package dev.carve.bench.guard;

import dev.carve.carving.guard.Ending;
import dev.carve.carving.guard.Side;
import dev.carve.carving.guard.Tally;
import java.util.SplittableRandom;

/**
 * Requests of a route in steps of 100 ms, recorded as the gateway would. Each request goes to the
 * new side with the probability of the share, each answer of the new side is copied back to the old
 * one with that of the mirror; one draw of 64 bits decides all that happens to a request.
 */
final class Traffic {

    /** How long a step is. */
    static final double STEP_SECONDS = 0.1;

    private static final int BITS = 16;
    private static final int SCALE = 1 << BITS;
    // Rare enough that 16 bits would round them.
    private static final double FINE_SCALE = 0x1p32;
    private static final double TAIL_SHARE = 0.1;
    private static final int TAIL_FACTOR = 2;
    private static final int P95 = SCALE * 95 / 100;

    /**
     * What a route is like.
     *
     * @param rate requests a second
     * @param errors share of requests that fail at any time
     * @param mirror share of the new side's requests that are repeated at the old one
     * @param compared share of all requests that are compared
     * @param mismatches share of these that differ at any time
     */
    record Route(
            double rate,
            Latency latency,
            double errors,
            double mirror,
            double compared,
            double mismatches) {}

    private final Route route;
    private final SplittableRandom random;
    private final Tally tally;
    private final Tally.PerLoop loop;
    private final Bursts bursts;
    private double due;
    private double comparisons;
    private double share;

    // What is wrong with the new side.
    private double newErrors;
    private float newSlowness = 1;
    private boolean newTail;
    private double newMismatches;

    Traffic(Route route, SplittableRandom random, Tally tally) {
        this.route = route;
        this.random = random;
        this.tally = tally;
        loop = tally.on(0);
        bursts = new Bursts(random.split());
        newMismatches = route.mismatches();
    }

    void share(double toNew) {
        share = toNew;
    }

    /** The new side's answers take so many times as long. */
    void slowness(double factor) {
        newSlowness = (float) factor;
    }

    void fail(Fault fault) {
        switch (fault) {
            case ERRORS -> newErrors = 0.3;
            case SLOW -> newSlowness = 2;
            case SLOW_TAIL -> newTail = true;
            case MISMATCHES -> newMismatches = 0.01;
        }
    }

    /** The step that ends at this moment. */
    void step(double seconds) {
        bursts.at(seconds);
        double errors = either(route.errors(), bursts.errors());
        int oldBound = (int) (errors * SCALE);
        int newBound = (int) (either(errors, newErrors) * SCALE);
        int shareBound = (int) (share * SCALE);
        int mirrorBound = (int) (route.mirror() * SCALE);
        float slowness = (float) bursts.slowness();
        due += route.rate() * STEP_SECONDS;
        int requests = (int) due;
        due -= requests;
        for (int i = 0; i < requests; i++) {
            long bits = random.nextLong();
            boolean toNew = bits(bits, 1) < shareBound;
            if (toNew) {
                record(Side.NEW, bits(bits, 2) < newBound, nanos(bits, slowness * newSlowness));
            }
            if (!toNew || bits(bits, 3) < mirrorBound) {
                long other = toNew ? random.nextLong() : bits;
                record(
                        Side.OLD,
                        bits(other, 2) < oldBound,
                        route.latency().nanos(other) * slowness);
            }
        }
        compare(requests);
    }

    private void compare(int requests) {
        comparisons += requests * route.compared();
        for (; comparisons >= 1; comparisons--) {
            tally.compared((random.nextLong() >>> 32) < newMismatches * FINE_SCALE);
        }
    }

    private float nanos(long bits, float slowness) {
        float nanos = route.latency().nanos(bits);
        // Which of them wait has nothing to do with how long they take otherwise.
        if (newTail && random.nextInt(SCALE) < TAIL_SHARE * SCALE) {
            nanos = Math.max(nanos, TAIL_FACTOR * route.latency().nanos(P95));
        }
        return nanos * slowness;
    }

    private void record(Side side, boolean error, float nanos) {
        loop.record(side, error ? Ending.SERVER_ERROR : Ending.ANSWERED, (long) nanos);
    }

    private static int bits(long bits, int place) {
        return (int) (bits >>> (place * BITS)) & (SCALE - 1);
    }

    private static double either(double first, double second) {
        return 1 - (1 - first) * (1 - second);
    }
}
