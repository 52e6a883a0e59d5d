package dev.carve.gateway.protect.sim;

import dev.carve.gateway.protect.Breaker;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * One run: calls at 80% of what the service can do, an outage of 30 s in which the service begins
 * nothing, and the time after it; counted by seconds.
 */
final class Storm {

    static final int OUTAGE_FROM = 20;
    static final int OUTAGE_TO = 50;
    static final int SECONDS = 120;
    private static final double LOAD = 0.8;

    private final Events events = new Events();
    private final SplittableRandom random;
    private final Backend backend;
    private final Gateway gateway;
    private final int tries;

    /**
     * By second: users that came, users served, attempts at the service, its backlog at the end.
     */
    private final long[] users = new long[SECONDS + 1];

    private final long[] served = new long[SECONDS + 1];
    private final long[] attempts = new long[SECONDS + 1];
    private final long[] backlog = new long[SECONDS + 1];

    /**
     * Runs it.
     *
     * @param tries of a user whose call failed, one at once after the other
     * @param outage whether there is one
     */
    Storm(long seed, Gateway.Protection protection, int tries, boolean outage) {
        random = new SplittableRandom(seed);
        backend = new Backend(events, random.split());
        gateway = new Gateway(events, random.split(), backend, protection);
        this.tries = tries;
        if (outage) {
            events.in(Duration.ofSeconds(OUTAGE_FROM).toNanos(), backend::stall);
            events.in(Duration.ofSeconds(OUTAGE_TO).toNanos(), backend::resume);
        }
        nextUser();
        events.every(Duration.ofSeconds(1), this::note);
        events.run(Duration.ofSeconds(SECONDS));
    }

    private int second() {
        return (int) Duration.ofNanos(events.nanos()).toSeconds();
    }

    private void nextUser() {
        double wait = -Math.log(1 - random.nextDouble()) / (LOAD * Backend.CAPACITY);
        events.in(
                (long) (wait * 1e9),
                () -> {
                    users[second()]++;
                    attempt(tries);
                    nextUser();
                });
    }

    private void attempt(int left) {
        gateway.call(answered -> {
            if (answered) {
                served[second()]++;
            } else if (left > 1) {
                events.in(0, () -> attempt(left - 1));
            }
        });
    }

    private void note() {
        int ended = second() - 1;
        backlog[ended] = backend.backlog();
        attempts[ended] = backend.arrivals() - Arrays.stream(attempts, 0, ended).sum();
    }

    /** Users served of those that came in these seconds. */
    double goodput(int from, int to) {
        return (double) sum(served, from, to) / sum(users, from, to);
    }

    /** Attempts at the service for each user that came in these seconds. */
    double attemptsPerUser(int from, int to) {
        return (double) sum(attempts, from, to) / sum(users, from, to);
    }

    /** Attempts at the service as a share of what it can do. */
    double load(int from, int to) {
        return sum(attempts, from, to) / (Backend.CAPACITY * (to - from));
    }

    /** Requests that waited at the service when a second ended. */
    long backlog(int second) {
        return backlog[second];
    }

    /** The first second after the outage from which on nine of ten users are served, or the end. */
    int recovered() {
        int second = SECONDS - 1;
        while (second >= OUTAGE_TO && served[second] >= 0.9 * users[second]) {
            second--;
        }
        return second + 1;
    }

    Breaker.State state() {
        return gateway.state();
    }

    private static long sum(long[] counts, int from, int to) {
        return Arrays.stream(counts, from, to).sum();
    }

    @Override
    public String toString() {
        return "served "
                + Arrays.toString(served)
                + ", attempts "
                + Arrays.toString(attempts)
                + ", backlog "
                + Arrays.toString(backlog);
    }
}
