package dev.carve.load;

import java.time.Duration;

/**
 * One load run, whole.
 *
 * @param request what is sent
 * @param pace when
 * @param expectation which answers are right
 * @param limits what bounds it
 * @param seed of arrivals and template fields; the same seed sends the same requests at the same
 *     instants
 */
public record LoadPlan(
        LoadRequest request, Pace pace, Expectation expectation, Limits limits, long seed) {

    /** A plan with the usual expectation and limits. */
    public static LoadPlan of(LoadRequest request, Pace pace, long seed) {
        return new LoadPlan(request, pace, Expectation.usual(), Limits.usual(), seed);
    }

    /** The same plan with other limits. */
    public LoadPlan withLimits(Limits other) {
        return new LoadPlan(request, pace, expectation, other, seed);
    }

    /** The same plan with another expectation. */
    public LoadPlan withExpectation(Expectation other) {
        return new LoadPlan(request, pace, other, limits, seed);
    }

    /** When requests start. */
    public sealed interface Pace {

        /** How long requests are sent; answers may come later. */
        Duration lasting();

        /** By a schedule that knows nothing of the answers. */
        record Open(RateProfile rate, Arrivals arrivals) implements Pace {
            @Override
            public Duration lasting() {
                return rate.lasting();
            }
        }

        /**
         * Each connection sends as soon as it has its answer; for saturation only, since a slow
         * server slows the sender too.
         */
        record Closed(int connections, Duration lasting) implements Pace {
            public Closed {
                if (connections < 1 || connections > Limits.CONNECTIONS_MAX) {
                    throw new IllegalArgumentException(
                            "connections outside 1..100000: " + connections);
                }
                if (!lasting.isPositive()) {
                    throw new IllegalArgumentException("no duration: " + lasting);
                }
            }
        }
    }

    /**
     * The bounds of a run.
     *
     * @param connections open at once; an arrival that finds none free waits, and its wait counts
     * @param outstanding requests waiting or sent at once; an arrival beyond is an error
     * @param connectTimeout for each address of the host
     * @param timeout from the intended start to the last byte of the answer
     * @param warmUp answers to requests meant to start before this are checked but not in the
     *     latencies
     * @param loops event loops, each on a thread of its own
     */
    public record Limits(
            int connections,
            int outstanding,
            Duration connectTimeout,
            Duration timeout,
            Duration warmUp,
            int loops) {

        static final int CONNECTIONS_MAX = 100_000;

        public Limits {
            if (connections < 1 || connections > CONNECTIONS_MAX) {
                throw new IllegalArgumentException("connections outside 1..100000: " + connections);
            }
            if (outstanding < 1 || outstanding > 1_000_000) {
                throw new IllegalArgumentException(
                        "outstanding outside 1..1000000: " + outstanding);
            }
            if (!connectTimeout.isPositive() || connectTimeout.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException(
                        "connect time-out outside 0..1h: " + connectTimeout);
            }
            if (!timeout.isPositive() || timeout.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("time-out outside 0..1h: " + timeout);
            }
            if (warmUp.isNegative()) {
                throw new IllegalArgumentException("negative warm-up: " + warmUp);
            }
            if (loops < 1 || loops > 64 || loops > connections) {
                throw new IllegalArgumentException(
                        "loops outside 1..64 or above connections: " + loops);
            }
        }

        /** 10,000 connections, 100,000 outstanding, 5 s to connect, 60 s to answer, one loop. */
        public static Limits usual() {
            return new Limits(
                    10_000,
                    100_000,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(60),
                    Duration.ZERO,
                    1);
        }

        /** The same with another number of connections. */
        public Limits withConnections(int number) {
            return new Limits(number, outstanding, connectTimeout, timeout, warmUp, loops);
        }

        /** The same with another number of requests outstanding. */
        public Limits withOutstanding(int number) {
            return new Limits(connections, number, connectTimeout, timeout, warmUp, loops);
        }

        /** The same with other time-outs. */
        public Limits withTimeouts(Timeouts other) {
            return new Limits(
                    connections, outstanding, other.connect(), other.answer(), warmUp, loops);
        }

        /** The same with a stretch at the start that is not measured. */
        public Limits withWarmUp(Duration length) {
            return new Limits(connections, outstanding, connectTimeout, timeout, length, loops);
        }

        /** The same on another number of event loops. */
        public Limits withLoops(int number) {
            return new Limits(connections, outstanding, connectTimeout, timeout, warmUp, number);
        }
    }

    /** How long to wait for a connection, and for an answer from the intended start. */
    public record Timeouts(Duration connect, Duration answer) {}
}
