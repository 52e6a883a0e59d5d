package dev.carve.gateway.protect;

import dev.carve.gateway.protect.Window.Mark;
import dev.carve.runtime.Share;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The circuit breaker of one service: lets nothing through to a service that does not answer, and
 * comes back slowly (Nygard, Release It!, 2007; the ramp is Carve's own).
 *
 * <pre>
 * from       to         when
 * CLOSED     OPEN       the share of failures in the window is reached by enough calls, either
 *                       by calls alone or by calls and health checks together
 * OPEN       HALF_OPEN  the open time is over
 * HALF_OPEN  OPEN       a probe failed, or had no answer in its time; the open time doubles
 * HALF_OPEN  RAMPING    as many probes as set succeeded (CLOSED if there is no ramp)
 * RAMPING    OPEN       as from CLOSED, counting calls since the ramp began; the open time doubles
 * RAMPING    CLOSED     the ramp is over; the open time starts small again
 * </pre>
 *
 * <p>Implementation notes: each opening begins a generation, and every admitted call carries the
 * generation that it began in. A call that ends in another one is not counted: what hung in the
 * outage and times out a minute later must not trip the breaker of a service that has recovered. A
 * probe's time begins when the service has its whole request. Before that it says nothing: where
 * clients that are slow to send hold all the probes, others get as many again after that time, and
 * whichever of them ends counts.
 *
 * <p>Threads: control calls {@link #turn} every 100 ms and publishes the state as one volatile; any
 * loop asks {@link #admit} (one read while closed) and tells {@link #ended}. No locks; nothing is
 * allocated but at a transition.
 */
public final class Breaker {

    /** What the breaker does with calls. */
    public enum State {
        /** All calls pass. */
        CLOSED,
        /** No call passes. */
        OPEN,
        /** Some probes pass. */
        HALF_OPEN,
        /** A growing share of calls passes. */
        RAMPING
    }

    /**
     * When to trip and how to return.
     *
     * @param share that must fail in the window, of the calls alone or of calls and health checks
     *     together, more than 0%
     * @param leastCalls of either in the window before its share means anything, 1 to 1,000,000
     * @param failures the outcomes that count as failures; at least one
     * @param open time without any call, 10ms to 1h
     * @param openMax to which the open time doubles while probes fail, at least {@code open}, to 1h
     * @param probes calls that pass half-open and must succeed, 1 to 1,000
     * @param probeTimeout after which a probe that the service has, but did not answer, has failed,
     *     10ms to 1h
     * @param ramp time until all traffic passes again, 0s to 1h
     * @param rampFrom share of calls that pass when the ramp begins, more than 0%
     */
    public record Rule(
            Share share,
            int leastCalls,
            Set<Outcome> failures,
            Duration open,
            Duration openMax,
            int probes,
            Duration probeTimeout,
            Duration ramp,
            Share rampFrom) {

        /** What counts as a failure unless the file says otherwise. */
        public static final Set<Outcome> FAILURES =
                Set.of(
                        Outcome.CONNECT_FAILED,
                        Outcome.TIMED_OUT,
                        Outcome.LOST,
                        Outcome.CHECK_FAILED);

        /** Half of at least twenty calls; five seconds open; three probes; ten seconds of ramp. */
        public static final Rule DEFAULT =
                new Rule(
                        new Share(0.5),
                        20,
                        FAILURES,
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(1),
                        3,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        new Share(0.1));

        public Rule {
            Duration least = Duration.ofMillis(10);
            Duration most = Duration.ofHours(1);
            Ranges.positive("breaker.share", share);
            Ranges.check("breaker.least_calls", leastCalls, 1, 1_000_000);
            failures = Set.copyOf(failures);
            if (failures.isEmpty()
                    || failures.contains(Outcome.ANSWERED)
                    || failures.contains(Outcome.CHECK_PASSED)
                    || failures.contains(Outcome.IGNORED)) {
                throw new IllegalArgumentException(
                        "breaker.failures: "
                                + failures
                                + " (expected: outcomes that are failures, at least one)");
            }
            Ranges.check("breaker.open", open, least, most);
            Ranges.check("breaker.open_max", openMax, open, most);
            Ranges.check("breaker.probes", probes, 1, 1_000);
            Ranges.check("breaker.probe_timeout", probeTimeout, least, most);
            Ranges.check("breaker.ramp", ramp, Duration.ZERO, most);
            Ranges.positive("breaker.ramp_from", rampFrom);
        }
    }

    /**
     * A transition, for log and metric.
     *
     * @param reason lower case, with the figures that decided
     */
    public record Change(State from, State to, String reason) {}

    /** What loops read: a state with what belongs to it. Immutable but for the probes. */
    private sealed interface Verdict {
        int generation();
    }

    private record Closed(int generation) implements Verdict {}

    private record Open(int generation, long untilNanos) implements Verdict {}

    private record HalfOpen(int generation, Probes probes) implements Verdict {}

    private record Ramping(int generation, long sinceNanos) implements Verdict {}

    /** The probes of one half-open time. Any thread. */
    private static final class Probes {
        private final int most;
        private final AtomicInteger left;

        /** Those that the service has and did not answer yet. */
        private final AtomicInteger awaited = new AtomicInteger();

        private final AtomicInteger succeeded = new AtomicInteger();
        private volatile @Nullable Outcome failure;
        private volatile long takenNanos;
        private volatile long sentNanos;

        Probes(int probes) {
            most = probes;
            left = new AtomicInteger(probes);
        }

        boolean take(long nowNanos) {
            int now = left.get();
            while (now > 0) {
                takenNanos = nowNanos;
                if (left.compareAndSet(now, now - 1)) {
                    return true;
                }
                now = left.get();
            }
            return false;
        }

        void sent(long nowNanos) {
            sentNanos = nowNanos;
            awaited.incrementAndGet();
        }

        void ended(Outcome outcome, boolean failed, boolean sent) {
            if (failed) {
                failure = outcome;
            } else if (outcome == Outcome.IGNORED) {
                giveBack();
            } else {
                succeeded.incrementAndGet();
            }
            if (sent) {
                awaited.decrementAndGet();
            }
        }

        /** Never more than there are: another may have got it already. */
        private void giveBack() {
            int now = left.get();
            while (now < most && !left.compareAndSet(now, now + 1)) {
                now = left.get();
            }
        }

        /** Whether the service took longer than that. */
        boolean isStuck(long nowNanos, long timeoutNanos) {
            return awaited.get() > 0 && nowNanos - sentNanos >= timeoutNanos;
        }

        /** Where only clients are waited for, and for longer than that, others get their probes. */
        void replace(long nowNanos, long timeoutNanos) {
            if (awaited.get() == 0 && left.get() == 0 && nowNanos - takenNanos >= timeoutNanos) {
                left.compareAndSet(0, most - succeeded.get());
            }
        }
    }

    /** What {@link #state}, {@link #sinceNanos} and {@link #reason} answer. */
    private record Entered(State state, long sinceNanos, String reason) {}

    // The bits of a ticket below its generation.
    private static final long PROBE = 1;
    private static final long SENT = 2;
    private static final int GENERATION_SHIFT = 2;

    private final Rule rule;
    private final Window window;
    private final Set<Outcome> failures;
    private final long rampNanos;

    // Written by control, read by any.
    private volatile Verdict verdict = new Closed(0);
    private volatile Entered entered;
    private volatile long trips;

    // Control only.
    private Mark mark;
    private long openNanos;

    /**
     * Makes a closed breaker.
     *
     * @param window of the service, which control turns before this
     */
    public Breaker(Rule rule, Window window, long nowNanos) {
        this.rule = rule;
        this.window = window;
        failures = EnumSet.copyOf(rule.failures());
        rampNanos = rule.ramp().toNanos();
        openNanos = rule.open().toNanos();
        mark = window.mark();
        entered = new Entered(State.CLOSED, nowNanos, "");
    }

    /**
     * Whether a call may go to the service: a ticket for {@link #ended}, or, if negative, a refusal
     * to be read with {@link #waitNanos}. Any thread.
     *
     * @param random any 31 bits
     */
    public long admit(long nowNanos, int random) {
        Verdict now = verdict;
        return now instanceof Closed
                ? ticket(now.generation(), false)
                : admitUnlessClosed(now, nowNanos, random);
    }

    private long admitUnlessClosed(Verdict now, long nowNanos, int random) {
        return switch (now) {
            case Closed(int generation) -> ticket(generation, false);
            case Open(_, long until) -> refusal(until - nowNanos);
            case HalfOpen(int generation, Probes probes) ->
                    probes.take(nowNanos)
                            ? ticket(generation, true)
                            : refusal(rule.open().toNanos());
            case Ramping(int generation, long since) ->
                    passes(nowNanos - since, random)
                            ? ticket(generation, false)
                            : refusal(rampNanos - (nowNanos - since));
        };
    }

    /**
     * What {@link #admit} would answer now, without taking a probe: 0 for yes, else the nanoseconds
     * after which another call has a chance. Any thread.
     *
     * @param random any 31 bits; 0 for one that the ramp lets through
     */
    public long heldBackNanos(long nowNanos, int random) {
        return switch (verdict) {
            case Closed _ -> 0;
            case Open(_, long until) -> Math.max(1, until - nowNanos);
            case HalfOpen(_, Probes probes) -> probes.left.get() > 0 ? 0 : rule.open().toNanos();
            case Ramping(_, long since) ->
                    passes(nowNanos - since, random)
                            ? 0
                            : Math.max(1, rampNanos - (nowNanos - since));
        };
    }

    /** Whether all calls pass. Any thread. */
    public boolean isClosed() {
        return verdict instanceof Closed;
    }

    private boolean passes(long passedNanos, int random) {
        double from = rule.rampFrom().fraction();
        double share = from + (1 - from) * passedNanos / rampNanos;
        return (random & Integer.MAX_VALUE) < share * 0x1p31;
    }

    private static long ticket(int generation, boolean probe) {
        return (long) generation << GENERATION_SHIFT | (probe ? PROBE : 0);
    }

    private static long refusal(long nanos) {
        return -Math.max(1, nanos);
    }

    /** Whether {@link #admit} answered no. */
    public static boolean isRefusal(long ticket) {
        return ticket < 0;
    }

    /** How long after a refusal the next call has a chance, in nanoseconds, at least 1. */
    public static long waitNanos(long refusal) {
        return -refusal;
    }

    /**
     * The service has the whole request of an admitted attempt, and is waited for from now on. Any
     * thread, at most once for each ticket.
     *
     * @return the ticket for {@link #ended}
     */
    public long sent(long ticket, long nowNanos) {
        if ((ticket & PROBE) != 0
                && verdict instanceof HalfOpen(int generation, Probes probes)
                && ticket >>> GENERATION_SHIFT == generation) {
            probes.sent(nowNanos);
            return ticket | SENT;
        }
        return ticket;
    }

    /**
     * An admitted attempt ended, exactly once for each ticket; counts it in the window. The loop
     * that owns {@code part}.
     *
     * @param part of the window that this breaker was made with
     * @param ticket from {@link #admit} or {@link #sent}, not a refusal
     * @param nanos see {@link Window.PerLoop#record}
     */
    public void ended(Window.PerLoop part, long ticket, Outcome outcome, long nanos) {
        Verdict now = verdict;
        if (ticket >>> GENERATION_SHIFT != now.generation()) {
            return;
        }
        if ((ticket & PROBE) != 0 && now instanceof HalfOpen(_, Probes probes)) {
            Outcome judged = window.judge(outcome, nanos);
            probes.ended(judged, failures.contains(judged), (ticket & SENT) != 0);
        }
        part.record(outcome, nanos);
    }

    /** Moves to the next state where it is time; null if the state stays. Control. */
    public @Nullable Change turn(long nowNanos) {
        return switch (verdict) {
            case Closed(int generation) -> {
                String reason = failing();
                yield reason == null ? null : open(generation, nowNanos, reason);
            }
            case Open(int generation, long until) ->
                    until - nowNanos > 0 ? null : halfOpen(generation, nowNanos);
            case HalfOpen(int generation, Probes probes) -> probed(generation, probes, nowNanos);
            case Ramping(int generation, long since) -> {
                String reason = failing();
                if (reason != null) {
                    yield reopen(generation, nowNanos, reason);
                }
                yield nowNanos - since < rampNanos ? null : close(generation, nowNanos);
            }
        };
    }

    /**
     * Why the calls since the last transition are too bad, or null. Checks may add to them, so that
     * a service that is rarely called is found out too, but never dilute them: a health page may
     * well answer while nothing else does.
     */
    private @Nullable String failing() {
        long calls = window.calls(mark);
        long all = calls + window.checks(mark);
        long failed = 0;
        for (Outcome each : failures) {
            failed += window.count(each, mark);
        }
        long failedChecks =
                failures.contains(Outcome.CHECK_FAILED)
                        ? window.count(Outcome.CHECK_FAILED, mark)
                        : 0;
        if (isTooBad(failed - failedChecks, calls)) {
            return failed - failedChecks + " of " + calls + " calls failed" + kinds(true);
        }
        return isTooBad(failed, all)
                ? failed + " of " + all + " calls and checks failed" + kinds(false)
                : null;
    }

    private boolean isTooBad(long failed, long of) {
        return of >= rule.leastCalls() && failed > 0 && failed >= rule.share().fraction() * of;
    }

    private String kinds(boolean ofCalls) {
        StringJoiner kinds = new StringJoiner(", ", " (", ")");
        for (Outcome each : failures) {
            long count = window.count(each, mark);
            if (count > 0 && (each.isOfCall() || !ofCalls)) {
                kinds.add(count + " " + each.text());
            }
        }
        return kinds.toString();
    }

    private @Nullable Change probed(int generation, Probes probes, long nowNanos) {
        Outcome failure = probes.failure;
        if (failure != null) {
            return reopen(generation, nowNanos, "a probe failed (" + failure.text() + ")");
        }
        int succeeded = probes.succeeded.get();
        if (succeeded >= rule.probes()) {
            String reason = succeeded + " probes succeeded";
            mark = window.mark();
            return rampNanos == 0
                    ? close(generation, nowNanos)
                    : enter(State.RAMPING, new Ramping(generation, nowNanos), nowNanos, reason);
        }
        long timeout = rule.probeTimeout().toNanos();
        if (probes.isStuck(nowNanos, timeout)) {
            return reopen(generation, nowNanos, "a probe did not end in time");
        }
        probes.replace(nowNanos, timeout);
        return null;
    }

    private Change reopen(int generation, long nowNanos, String reason) {
        openNanos = Math.min(rule.openMax().toNanos(), 2 * openNanos);
        return open(generation, nowNanos, reason);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One writer.
    private Change open(int generation, long nowNanos, String reason) {
        trips++;
        int next = generation + 1 & Integer.MAX_VALUE;
        return enter(State.OPEN, new Open(next, nowNanos + openNanos), nowNanos, reason);
    }

    private Change halfOpen(int generation, long nowNanos) {
        Probes probes = new Probes(rule.probes());
        return enter(
                State.HALF_OPEN,
                new HalfOpen(generation, probes),
                nowNanos,
                "the open time is over");
    }

    private Change close(int generation, long nowNanos) {
        openNanos = rule.open().toNanos();
        return enter(State.CLOSED, new Closed(generation), nowNanos, "recovered");
    }

    private Change enter(State to, Verdict next, long nowNanos, String reason) {
        State from = entered.state();
        entered = new Entered(to, nowNanos, reason);
        verdict = next;
        return new Change(from, to, reason);
    }

    /** The state; any thread. */
    public State state() {
        return entered.state();
    }

    /** When the state was entered, in nanoseconds of the clock passed in; any thread. */
    public long sinceNanos() {
        return entered.sinceNanos();
    }

    /** Why the state was entered, empty for the first; any thread. */
    public String reason() {
        return entered.reason();
    }

    /** How often it opened; any thread. */
    public long trips() {
        return trips;
    }
}
