package dev.carve.load;

import java.util.List;
import java.util.SplittableRandom;

/**
 * The instants at which requests are meant to start: a pure function of profile, arrivals and seed.
 *
 * <p>The integral of the rate, the expected number of requests so far, turns both kinds of arrivals
 * into one: even arrivals are where it passes 0, 1, 2 …, Poisson arrivals where it passes the
 * partial sums of unit exponentials (time-rescaling theorem). Its inverse is solved segment by
 * segment, so that ramps need no thinning. One thread; holds no clock.
 */
final class Schedule {

    /** No further arrival. */
    static final long END = -1;

    private final List<RateProfile.Segment> segments;
    private final Arrivals arrivals;
    private final SplittableRandom random;

    private int segment;
    private double segmentStartSeconds;
    private double segmentStartMass;
    private double mass;
    private boolean first = true;

    Schedule(RateProfile profile, Arrivals arrivals, long seed) {
        this.segments = profile.segments();
        this.arrivals = arrivals;
        this.random = new SplittableRandom(seed);
    }

    /**
     * Nanoseconds from the start of the run to the next arrival, never falling, or {@link #END}.
     */
    long next() {
        switch (arrivals) {
            case POISSON -> mass -= Math.log(1 - random.nextDouble());
            case EVEN -> mass = first ? 0 : mass + 1;
        }
        first = false;
        while (segment < segments.size()) {
            RateProfile.Segment current = segments.get(segment);
            double seconds = seconds(current);
            double segmentMass = (current.from() + current.to()) / 2 * seconds;
            double inside = mass - segmentStartMass;
            // The tolerance keeps rounding from adding a request at the very end: 20/s for 10 s is
            // 200 requests, at 0 to 9.95 s.
            if (inside < segmentMass - 1e-9 * Math.max(1, segmentMass)) {
                double offset = segmentStartSeconds + solve(current, seconds, inside);
                return (long) (offset * 1e9);
            }
            segmentStartMass += segmentMass;
            segmentStartSeconds += seconds;
            segment++;
        }
        return END;
    }

    /** Solves from·t + slope·t²/2 = mass in the form that stays exact where the slope is 0. */
    private static double solve(RateProfile.Segment segment, double seconds, double mass) {
        if (mass <= 0) {
            return 0;
        }
        double slope = (segment.to() - segment.from()) / seconds;
        double root = Math.sqrt(Math.max(0, segment.from() * segment.from() + 2 * slope * mass));
        return Math.min(seconds, 2 * mass / (segment.from() + root));
    }

    private static double seconds(RateProfile.Segment segment) {
        return segment.lasting().toNanos() / 1e9;
    }
}
