package dev.carve.load;

import java.time.Duration;
import java.util.List;

/**
 * The intended rate over time: segments one after the other, each linear from one rate to another.
 *
 * @param segments at least one, at most {@value #SEGMENTS_MAX}
 */
public record RateProfile(List<Segment> segments) {

    static final int SEGMENTS_MAX = 100;
    static final double PER_SECOND_MAX = 1_000_000;

    public RateProfile {
        segments = List.copyOf(segments);
        if (segments.isEmpty() || segments.size() > SEGMENTS_MAX) {
            throw new IllegalArgumentException("segments outside 1..100: " + segments.size());
        }
        if (segments.stream().allMatch(s -> s.from() == 0 && s.to() == 0)) {
            throw new IllegalArgumentException("the rate is 0 throughout");
        }
    }

    /** The same rate from start to end. */
    public static RateProfile constant(double perSecond, Duration lasting) {
        return new RateProfile(List.of(new Segment(perSecond, perSecond, lasting)));
    }

    /** From one rate to the other in a straight line. */
    public static RateProfile ramp(double from, double to, Duration lasting) {
        return new RateProfile(List.of(new Segment(from, to, lasting)));
    }

    /** How long requests are sent. */
    public Duration lasting() {
        return segments.stream().map(Segment::lasting).reduce(Duration.ZERO, Duration::plus);
    }

    /**
     * One stretch of time.
     *
     * @param from requests a second at its start, from 0 to 1,000,000
     * @param to requests a second at its end
     * @param lasting more than 0, at most a day
     */
    public record Segment(double from, double to, Duration lasting) {
        public Segment {
            if (!(from >= 0 && from <= PER_SECOND_MAX && to >= 0 && to <= PER_SECOND_MAX)) {
                throw new IllegalArgumentException(
                        "rate outside 0..1000000 a second: " + from + ".." + to);
            }
            if (!lasting.isPositive() || lasting.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException("duration outside 0..24h: " + lasting);
            }
        }
    }
}
