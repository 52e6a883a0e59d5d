package dev.carve.gateway.protect.sim;

import dev.carve.gateway.protect.Breaker;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
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
    private static final double CAPACITY = 2 * Backend.CAPACITY;

    private final Events events = new Events();
    private final SplittableRandom random;
    private final List<Backend> instances;
    private final Gateway gateway;
    private final int tries;

    /**
     * By second: users that came, users served, attempts at the service, those that it refused, its
     * backlog at the end.
     */
    private final long[] users = new long[SECONDS + 1];

    private final long[] served = new long[SECONDS + 1];
    private final long[] attempts = new long[SECONDS + 1];
    private final long[] refused = new long[SECONDS + 1];
    private final long[] backlog = new long[SECONDS + 1];

    /**
     * Runs it.
     *
     * @param tries of a user whose call failed, one at once after the other
     * @param outage whether there is one
     */
    Storm(long seed, Gateway.Protection protection, int tries, boolean outage) {
        random = new SplittableRandom(seed);
        instances =
                List.of(new Backend(events, random.split()), new Backend(events, random.split()));
        gateway = new Gateway(events, random.split(), instances, protection);
        this.tries = tries;
        if (outage) {
            for (Backend each : instances) {
                events.in(Duration.ofSeconds(OUTAGE_FROM).toNanos(), each::stall);
                events.in(Duration.ofSeconds(OUTAGE_TO).toNanos(), each::resume);
            }
        }
        nextUser();
        events.every(Duration.ofSeconds(1), this::note);
        events.run(Duration.ofSeconds(SECONDS));
    }

    private int second() {
        return (int) Duration.ofNanos(events.nanos()).toSeconds();
    }

    private void nextUser() {
        double wait = -Math.log(1 - random.nextDouble()) / (LOAD * CAPACITY);
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
        backlog[ended] = instances.stream().mapToLong(Backend::backlog).sum();
        attempts[ended] =
                instances.stream().mapToLong(Backend::arrivals).sum() - sum(attempts, 0, ended);
        refused[ended] =
                instances.stream().mapToLong(Backend::refusals).sum() - sum(refused, 0, ended);
    }

    /** Users served of those that came in these seconds. */
    double goodput(int from, int to) {
        return (double) sum(served, from, to) / sum(users, from, to);
    }

    /** Attempts at the service for each user that came in these seconds. */
    double attemptsPerUser(int from, int to) {
        return (double) sum(attempts, from, to) / sum(users, from, to);
    }

    /** The same without those whose connection was refused, which nobody worked for. */
    double acceptedPerUser(int from, int to) {
        return (double) (sum(attempts, from, to) - sum(refused, from, to)) / sum(users, from, to);
    }

    /** Attempts at the service as a share of what it can do. */
    double load(int from, int to) {
        return sum(attempts, from, to) / (CAPACITY * (to - from));
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
