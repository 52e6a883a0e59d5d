package dev.carve.gateway.protect;

import dev.carve.runtime.Share;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Takes an instance out of balancing for a while because its calls fail one after the other,
 * without asking it anything (Envoy's outlier detection, consecutive kinds; the growing time and
 * its decay are Envoy's too).
 *
 * <p>Never more than the set share of all instances is out, but one may be where there are at least
 * two; and the last instance that could take a call is never ejected: if health checks or a drain
 * take the others away, the ejected one that has the least time left comes back at once.
 *
 * <p>Implementation notes: the runs of failures are process-wide, for a loop alone may see few
 * calls of an instance; an answer costs one read while there is no run. Each ejection begins an
 * epoch, and a call that began in an earlier one counts nothing, so that calls that hung at the bad
 * time do not eject the instance again after its return.
 *
 * <p>Threads: loops tell {@link Member#ended} and hear at once whether control should look; all
 * else is control's.
 */
public final class Ejection {

    /**
     * When to eject and for how long.
     *
     * @param connectFailures in a row, 0 for never, to 1,000
     * @param timeouts in a row, lost connections among them, 0 for never, to 1,000
     * @param badStatuses in a row, 0 for never, to 1,000
     * @param base time of the first ejection, times the number of ejections, 10ms to 1h
     * @param max time of an ejection, at least {@code base}, to 24h
     * @param decay time without an ejection after which the number falls by one, 10ms to 24h
     * @param share of the instances that may be out at once
     */
    public record Rule(
            int connectFailures,
            int timeouts,
            int badStatuses,
            Duration base,
            Duration max,
            Duration decay,
            Share share) {

        /** Five in a row of a kind, no statuses; 10 s times the number, to 5 min; at most half. */
        public static final Rule DEFAULT =
                new Rule(
                        5,
                        5,
                        0,
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(30),
                        new Share(0.5));

        public Rule {
            Duration least = Duration.ofMillis(10);
            Duration most = Duration.ofHours(24);
            Ranges.check("ejection.connect_failures", connectFailures, 0, 1_000);
            Ranges.check("ejection.timeouts", timeouts, 0, 1_000);
            Ranges.check("ejection.statuses", badStatuses, 0, 1_000);
            Ranges.check("ejection.base", base, least, Duration.ofHours(1));
            Ranges.check("ejection.max", max, base, most);
            Ranges.check("ejection.decay", decay, least, most);
        }

        private int threshold(Outcome outcome) {
            return switch (outcome) {
                case CONNECT_FAILED -> connectFailures;
                case TIMED_OUT, LOST -> timeouts;
                case BAD_STATUS -> badStatuses;
                case ANSWERED, SLOW, ERROR_STATUS, CHECK_FAILED, CHECK_PASSED, IGNORED -> 0;
            };
        }
    }

    /**
     * An instance was ejected or returned, for log, metric and a new picker.
     *
     * @param ejected whether it is out now
     * @param reason lower case
     */
    public record Change(Member member, boolean ejected, String reason) {}

    // The three runs lie in one number, so that an answer ends all of them at once.
    private static final int RUN_BITS = 20;
    private static final long RUN_MASK = (1L << RUN_BITS) - 1;

    private final Rule rule;

    // Control only.
    private final List<Member> members = new ArrayList<>();

    public Ejection(Rule rule) {
        this.rule = rule;
    }

    /** An instance as ejection sees it. */
    public final class Member {
        private final String name;
        private final AtomicLong runs = new AtomicLong();

        // Written by control, read by any.
        private volatile int epoch;
        private volatile boolean ejected;
        private volatile String reason = "";
        private volatile long sinceNanos;
        private volatile long untilNanos;
        private volatile int ejections;

        // Control only.
        private boolean available = true;
        private int weight;
        private long calmSinceNanos;

        private Member(String name, long nowNanos) {
            this.name = name;
            sinceNanos = nowNanos;
            calmSinceNanos = nowNanos;
        }

        public String name() {
            return name;
        }

        /** To be handed to {@link #ended} of a call that begins now; any thread. */
        public int epoch() {
            return epoch;
        }

        /**
         * An attempt at this instance ended. Any thread.
         *
         * @param epoch as it was when the attempt began
         * @return whether control should turn now rather than at its next time: a run has just
         *     reached its length
         */
        public boolean ended(int epoch, Outcome outcome) {
            return switch (outcome) {
                case ANSWERED, SLOW, ERROR_STATUS -> {
                    answered(epoch);
                    yield false;
                }
                case BAD_STATUS -> {
                    if (rule.badStatuses() == 0) {
                        answered(epoch);
                        yield false;
                    }
                    yield failed(epoch, outcome);
                }
                case CONNECT_FAILED, TIMED_OUT, LOST -> failed(epoch, outcome);
                case CHECK_FAILED, CHECK_PASSED, IGNORED -> false;
            };
        }

        private void answered(int from) {
            if (runs.get() != 0 && from == epoch) {
                runs.set(0);
            }
        }

        private boolean failed(int from, Outcome outcome) {
            int threshold = rule.threshold(outcome);
            if (threshold == 0 || from != epoch) {
                return false;
            }
            int shift = shift(outcome);
            while (true) {
                long before = runs.get();
                if ((before >>> shift & RUN_MASK) >= threshold) {
                    return false;
                }
                // An answer with a chosen status ends the other runs: it did answer.
                long kept = outcome == Outcome.BAD_STATUS ? before & RUN_MASK << shift : before;
                long after = kept + (1L << shift);
                if (runs.compareAndSet(before, after)) {
                    return (after >>> shift & RUN_MASK) == threshold;
                }
            }
        }

        private static int shift(Outcome outcome) {
            return switch (outcome) {
                case CONNECT_FAILED -> 0;
                case TIMED_OUT, LOST -> RUN_BITS;
                case BAD_STATUS -> 2 * RUN_BITS;
                case ANSWERED, SLOW, ERROR_STATUS, CHECK_FAILED, CHECK_PASSED, IGNORED ->
                        throw new IllegalArgumentException("no run of " + outcome);
            };
        }

        /**
         * Whether it could take calls if it were not ejected: healthy and not draining. Control,
         * which turns after it.
         */
        public void available(boolean is) {
            available = is;
        }

        /** Whether it is out; any thread. */
        public boolean isEjected() {
            return ejected;
        }

        /** Why it was ejected or returned last, empty if it never was; any thread. */
        public String reason() {
            return reason;
        }

        /** Since when it is out or in; any thread. */
        public long sinceNanos() {
            return sinceNanos;
        }

        /** When it returns, if it is out; any thread. */
        public long untilNanos() {
            return untilNanos;
        }

        /** How often it was ejected in all; any thread. */
        public int ejections() {
            return ejections;
        }

        private @Nullable String suspicion() {
            long now = runs.get();
            return now == 0 ? null : reasonOf(now);
        }

        private @Nullable String reasonOf(long now) {
            if (reached(now, Outcome.CONNECT_FAILED)) {
                return rule.connectFailures() + " connect failures in a row";
            }
            if (reached(now, Outcome.TIMED_OUT)) {
                return rule.timeouts() + " time-outs or lost connections in a row";
            }
            if (reached(now, Outcome.BAD_STATUS)) {
                return rule.badStatuses() + " bad statuses in a row";
            }
            return null;
        }

        private boolean reached(long now, Outcome outcome) {
            int threshold = rule.threshold(outcome);
            return threshold > 0 && (now >>> shift(outcome) & RUN_MASK) >= threshold;
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // One writer.
        private void eject(String why, long nowNanos) {
            weight++;
            long base = rule.base().toNanos();
            long most = rule.max().toNanos();
            long out = weight > most / base ? most : base * weight;
            untilNanos = nowNanos + out;
            ejections++;
            enter(true, why, nowNanos);
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // One writer.
        private void enter(boolean out, String why, long nowNanos) {
            epoch++;
            runs.set(0);
            calmSinceNanos = nowNanos;
            sinceNanos = nowNanos;
            reason = why;
            ejected = out;
        }

        private void decay(long nowNanos) {
            long decay = rule.decay().toNanos();
            long times = (nowNanos - calmSinceNanos) / decay;
            if (times > 0) {
                weight = (int) Math.max(0, weight - times);
                calmSinceNanos += times * decay;
            }
        }
    }

    /** Adds an instance, in balance at first; control. */
    public Member join(String name, long nowNanos) {
        Member member = new Member(name, nowNanos);
        members.add(member);
        return member;
    }

    /** Removes an instance; control, which turns after it. */
    public void leave(Member member) {
        members.remove(member);
    }

    /** Takes an ejection back, since whoever keeps the instances could not follow it; control. */
    public void restore(Member member, String why, long nowNanos) {
        if (member.ejected) {
            member.enter(false, why, nowNanos);
        }
    }

    /** Ejects and returns what is due, and says what changed; control. */
    public List<Change> turn(long nowNanos) {
        List<Change> changes = new ArrayList<>(0);
        for (Member each : members) {
            if (each.ejected) {
                if (each.untilNanos - nowNanos <= 0) {
                    bring(each, "its time is over", nowNanos, changes);
                }
            } else {
                each.decay(nowNanos);
            }
        }
        for (Member each : members) {
            String why = each.ejected ? null : each.suspicion();
            if (why != null && mayEject(each)) {
                each.eject(why, nowNanos);
                changes.add(new Change(each, true, why));
            }
        }
        keepOne(nowNanos, changes);
        return changes;
    }

    private static void bring(Member member, String why, long nowNanos, List<Change> changes) {
        member.enter(false, why, nowNanos);
        changes.add(new Change(member, false, why));
    }

    private boolean mayEject(Member candidate) {
        int out = 0;
        boolean otherIn = false;
        for (Member each : members) {
            if (each.ejected) {
                out++;
            } else if (each != candidate && each.available) {
                otherIn = true;
            }
        }
        int most = Math.max(1, (int) (members.size() * rule.share().fraction()));
        return otherIn && out < most;
    }

    /** Where nothing is left that could take a call, the ejected one with the least time left. */
    private void keepOne(long nowNanos, List<Change> changes) {
        Member soonest = null;
        for (Member each : members) {
            if (!each.available) {
                continue;
            }
            if (!each.ejected) {
                return;
            }
            if (soonest == null || each.untilNanos - soonest.untilNanos < 0) {
                soonest = each;
            }
        }
        if (soonest != null) {
            bring(soonest, "it is the last that could take a call", nowNanos, changes);
        }
    }
}
