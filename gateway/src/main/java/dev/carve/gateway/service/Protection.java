package dev.carve.gateway.service;

import dev.carve.gateway.protect.AdaptiveLimit;
import dev.carve.gateway.protect.Backoff;
import dev.carve.gateway.protect.Breaker;
import dev.carve.gateway.protect.HedgeDelay;
import dev.carve.gateway.protect.Limit;
import dev.carve.gateway.protect.Outcome;
import dev.carve.gateway.protect.RetryAfter;
import dev.carve.gateway.protect.RetryBudget;
import dev.carve.gateway.protect.Window;
import dev.carve.http.Loop;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What protects one service and its clients: those of the mechanisms of {@link
 * dev.carve.gateway.protect} that the file turns on, and the retry budget, which is always there. A
 * reload makes another one, which takes over each mechanism whose rule stayed the same.
 *
 * <p>Implementation notes. Where something with a state of its own is on, control turns it every
 * 100 ms, see {@link Turns}. A bare service has the retry budget only, which moves with traffic:
 * the first call after 100 ms asks control to turn it, so that nothing runs for a service that
 * nobody calls.
 *
 * <p>Threads: control makes and turns it, any event loop asks and tells.
 */
public final class Protection {

    private static final Logger LOG = LoggerFactory.getLogger(Protection.class);

    /** How often control looks, by {@link Turns} or by traffic. */
    static final long TURN_NANOS = 100_000_000;

    private static final int SERVER_ERROR = 500;
    private static final int SERVER_ERROR_MAX = 599;
    private static final int STATES = Breaker.State.values().length;

    private final Service service;
    private final Control control;
    private final ProtectionRules rules;
    private final Runnable turnNow;
    private final Counts counts;

    private final RetryBudget budget;
    private final RetryBudget copyBudget;
    private final Backoff backoff;
    private final @Nullable Window window;
    private final @Nullable Breaker breaker;
    private final @Nullable HedgeDelay hedgeDelay;
    private final @Nullable RetryBudget hedgeBudget;
    private final @Nullable Limit limit;
    private final @Nullable AdaptiveLimit adaptive;
    private final @Nullable Ejections ejections;
    private final boolean timed;

    // Any loop: when control was last asked to turn the budget.
    private final AtomicLong askedNanos;

    /** What is counted over all reloads. */
    private static final class Counts {
        private final AtomicLong hedges = new AtomicLong();
        private final AtomicLong hedgesWon = new AtomicLong();
        private final AtomicLongArray transitions = new AtomicLongArray(STATES);
    }

    /**
     * Makes what the rules say; control.
     *
     * @param before whose mechanisms go on where their rules stayed, null for none
     */
    Protection(
            Service service, Control control, ProtectionRules rules, @Nullable Protection before) {
        this.service = service;
        this.control = control;
        this.rules = rules;
        turnNow = service::turn;
        counts = before == null ? new Counts() : before.counts;
        Maker maker = new Maker(service.metrics().loops(), control, rules, before);
        budget = maker.budget(old -> old.budget);
        copyBudget = maker.budget(old -> old.copyBudget);
        askedNanos = new AtomicLong(control.clock().nanos());
        backoff = new Backoff(rules.retries().backoff());
        window = maker.window();
        breaker = maker.breaker(window);
        hedgeDelay = maker.hedgeDelay(window);
        hedgeBudget = maker.hedgeBudget();
        limit = maker.limit();
        adaptive = maker.adaptive(window, limit);
        ejections = ejections(before);
        timed = window != null || limit != null || ejections != null;
    }

    private @Nullable Ejections ejections(@Nullable Protection before) {
        ProtectionRules.Ejecting now = rules.ejection();
        Ejections old = before == null ? null : before.ejections;
        if (before != null && old != null) {
            if (now != null && now.equals(before.rules.ejection())) {
                return old;
            }
            old.end();
        }
        return now == null ? null : new Ejections(service, control, now.rule());
    }

    /** Chooses between a mechanism of before and a new one. */
    private record Maker(
            int loops, Control control, ProtectionRules rules, @Nullable Protection before) {

        private long now() {
            return control.clock().nanos();
        }

        RetryBudget budget(Function<Protection, RetryBudget> which) {
            RetryBudget.Rule rule = rules.retries().budget();
            Protection old = before;
            return old != null && rule.equals(old.rules.retries().budget())
                    ? which.apply(old)
                    : new RetryBudget(rule, loops, now());
        }

        @Nullable Window window() {
            ProtectionRules.Limiting limiting = rules.limit();
            ProtectionRules.Breaking breaking = rules.breaker();
            boolean adapts = limiting != null && limiting.adaptive() != null;
            if (breaking == null && rules.hedges() == null && !adapts) {
                return null;
            }
            Window kept = before == null ? null : before.window;
            Window window = kept == null ? new Window(Window.Rule.DEFAULT, loops, now()) : kept;
            window.slowAfter(breaking == null ? Window.NEVER_SLOW : breaking.slowNanos());
            return window;
        }

        @Nullable Breaker breaker(@Nullable Window window) {
            ProtectionRules.Breaking rule = rules.breaker();
            if (rule == null || window == null) {
                return null;
            }
            Protection old = before;
            return old != null && rule.equals(old.rules.breaker())
                    ? old.breaker
                    : new Breaker(rule.rule(), window, now());
        }

        @Nullable HedgeDelay hedgeDelay(@Nullable Window window) {
            ProtectionRules.Hedges rule = rules.hedges();
            if (rule == null || window == null) {
                return null;
            }
            Protection old = before;
            return old != null && rule.equals(old.rules.hedges())
                    ? old.hedgeDelay
                    : new HedgeDelay(rule.delay(), window);
        }

        @Nullable RetryBudget hedgeBudget() {
            ProtectionRules.Hedges rule = rules.hedges();
            if (rule == null) {
                return null;
            }
            Protection old = before;
            return old != null && rule.equals(old.rules.hedges())
                    ? old.hedgeBudget
                    : new RetryBudget(rule.budget(), loops, now());
        }

        /** One that differs in its permits only keeps those in use and the line. */
        @Nullable Limit limit() {
            ProtectionRules.Limiting rule = rules.limit();
            Protection old = before;
            if (rule == null) {
                return null;
            }
            ProtectionRules.Limiting was = old == null ? null : old.rules.limit();
            Limit kept = old == null ? null : old.limit;
            if (kept == null || was == null || !Limits.isKept(was.rule(), rule.rule())) {
                return new Limit(rule.rule(), control.clock());
            }
            if (rule.adaptive() == null) {
                kept.resize(rule.rule().permits());
            }
            return kept;
        }

        @Nullable AdaptiveLimit adaptive(@Nullable Window window, @Nullable Limit limit) {
            ProtectionRules.Limiting rule = rules.limit();
            if (rule == null || window == null || limit == null) {
                return null;
            }
            AdaptiveLimit.Rule adaptive = rule.adaptive();
            if (adaptive == null) {
                return null;
            }
            Protection old = before;
            return old != null && rule.equals(old.rules.limit())
                    ? old.adaptive
                    : new AdaptiveLimit(adaptive, window, limit);
        }
    }

    // Any event loop.

    /**
     * A call's first attempt begins: its share of the budgets. One that was refused has no share,
     * or the flood that a limit or a breaker keeps away would pay for retries.
     *
     * @param copy whether it is one that no client waits for, which pays for its kind
     */
    public void began(Loop loop, boolean copy) {
        budget(copy).deposit(loop.number());
        if (hedgeBudget != null && !copy) {
            hedgeBudget.deposit(loop.number());
        }
        if (!timed) {
            turnByTraffic(loop.now());
        }
    }

    private void turnByTraffic(long now) {
        long asked = askedNanos.getPlain();
        if (now - asked >= TURN_NANOS && askedNanos.compareAndSet(asked, now)) {
            turnSoon();
        }
    }

    /** Control should look before its time. */
    public void turnSoon() {
        control.execute(turnNow);
    }

    /** Null for no limit. */
    public @Nullable Limit limit() {
        return limit;
    }

    /** Null for none. */
    public @Nullable Breaker breaker() {
        return breaker;
    }

    /** What the breaker, if there is one, would say now; see {@link Breaker#heldBackNanos}. */
    public long heldBackNanos(long now, int random) {
        Breaker by = breaker;
        return by == null ? 0 : by.heldBackNanos(now, random);
    }

    /** How long a copy is held back: while the breaker is anything but closed. */
    public long copyHeldBackNanos(long now) {
        Breaker by = breaker;
        return by == null || by.isClosed() ? 0 : Math.max(1, by.heldBackNanos(now, 0));
    }

    /**
     * What retries are paid from.
     *
     * @param copy whether of a call that no client waits for
     */
    public RetryBudget budget(boolean copy) {
        return copy ? copyBudget : budget;
    }

    /**
     * Takes a retry from the budget if it would come in time.
     *
     * @param tries made so far, at least 1
     * @param leftNanos until the deadline, {@link Long#MAX_VALUE} if there is none
     * @param retryAfterNanos see {@link Backoff#nextNanos}
     * @param random any 31 bits
     * @param copy see {@link #budget(boolean)}
     * @return nanoseconds to wait before it, or {@link Backoff#NEVER}
     */
    public long payRetry(
            int tries, long leftNanos, long retryAfterNanos, int random, boolean copy) {
        long wait = backoff.nextNanos(tries, leftNanos, retryAfterNanos, random);
        return wait != Backoff.NEVER && budget(copy).withdraw() ? wait : Backoff.NEVER;
    }

    /** Whether an answer with this status is tried again. */
    public boolean retries(int status) {
        return ProtectionRules.holds(rules.retries().statuses(), status);
    }

    /** What the value of {@code Retry-After} asks for; see {@link RetryAfter}. */
    public long retryAfterNanos(String value) {
        return RetryAfter.nanos(value, control.clock().now());
    }

    /** When a second instance is asked after the first, {@link HedgeDelay#NEVER} for not at all. */
    public long hedgeNanos() {
        HedgeDelay delay = hedgeDelay;
        return delay == null ? HedgeDelay.NEVER : delay.nanos();
    }

    /** What pays for hedges; null if there are none. */
    public @Nullable RetryBudget hedgeBudget() {
        return hedgeBudget;
    }

    /** A second instance was asked. */
    public void hedged() {
        counts.hedges.incrementAndGet();
    }

    /** The second instance answered first. */
    public void hedgeWon() {
        counts.hedgesWon.incrementAndGet();
    }

    /** Whether anybody wants to know how attempts end. */
    public boolean judges() {
        return window != null || ejections != null;
    }

    /** What an answer says about the service. */
    public Outcome ofService(int status) {
        ProtectionRules.Breaking by = rules.breaker();
        if (by != null && ProtectionRules.holds(by.statuses(), status)) {
            return Outcome.BAD_STATUS;
        }
        return status >= SERVER_ERROR && status <= SERVER_ERROR_MAX
                ? Outcome.ERROR_STATUS
                : Outcome.ANSWERED;
    }

    /** What an answer says about its instance. */
    public Outcome ofInstance(int status) {
        ProtectionRules.Ejecting by = rules.ejection();
        boolean bad = by != null && ProtectionRules.holds(by.statuses(), status);
        return bad ? Outcome.BAD_STATUS : Outcome.ANSWERED;
    }

    /**
     * The service has an attempt's whole request.
     *
     * @return the ticket that the attempt goes on with
     */
    public long sent(long ticket, long nowNanos) {
        return breaker == null ? ticket : breaker.sent(ticket, nowNanos);
    }

    /**
     * An attempt ended, as far as the service goes; exactly once for each ticket.
     *
     * @param ticket of the breaker, if there is one
     * @param nanos see {@link Window.PerLoop#record}
     */
    public void ended(Loop loop, long ticket, Outcome outcome, long nanos) {
        Window counted = window;
        if (counted == null) {
            return;
        }
        Window.PerLoop part = counted.on(loop.number());
        if (breaker == null) {
            part.record(outcome, nanos);
        } else {
            breaker.ended(part, ticket, outcome, nanos);
        }
    }

    /** An attempt was given up for a faster one after this time; {@link #ended} is told too. */
    public void gaveUp(Loop loop, long nanos) {
        Window counted = window;
        if (counted != null) {
            counted.on(loop.number()).gaveUp(nanos);
        }
    }

    // Control.

    /** Whether it has to be turned while nobody calls too. */
    boolean isTimed() {
        return timed;
    }

    /** A health check ended. */
    void checked(boolean passed) {
        if (window != null) {
            window.checked(passed);
        }
    }

    /** The instances that there are now. */
    void instances(Iterable<Instance> now) {
        if (ejections != null) {
            ejections.instances(now);
        }
    }

    /** Each after what it judges by. */
    void turn(long nowNanos) {
        if (window != null) {
            window.turn(nowNanos);
        }
        if (breaker != null) {
            Breaker.Change change = breaker.turn(nowNanos);
            if (change != null) {
                tell(change);
            }
        }
        budget.turn(nowNanos);
        copyBudget.turn(nowNanos);
        if (hedgeBudget != null) {
            hedgeBudget.turn(nowNanos);
        }
        if (limit != null) {
            limit.turn(nowNanos);
        }
        if (hedgeDelay != null) {
            hedgeDelay.turn();
        }
        if (adaptive != null) {
            adaptive.turn();
        }
        if (ejections != null) {
            ejections.turn(nowNanos);
        }
    }

    private void tell(Breaker.Change change) {
        counts.transitions.incrementAndGet(change.to().ordinal());
        (change.to() == Breaker.State.OPEN ? LOG.atWarn() : LOG.atInfo())
                .addKeyValue("service", service.name())
                .addKeyValue("from", ProtectionView.word(change.from()))
                .addKeyValue("to", ProtectionView.word(change.to()))
                .addKeyValue("reason", change.reason())
                .log("circuit breaker");
    }

    // Any thread.

    /** How it stands at this moment. */
    ProtectionView view() {
        return new ProtectionView(
                breaker == null ? null : breakerView(breaker),
                limit == null ? null : ProtectionView.LimitView.of(limit, adaptive),
                new ProtectionView.RetriesView(
                        service.metrics().totals().retries, budget.refusals(), budget.left()),
                hedgeBudget == null ? null : hedgesView(hedgeBudget));
    }

    private ProtectionView.BreakerView breakerView(Breaker of) {
        long[] entered = new long[STATES];
        for (int i = 0; i < STATES; i++) {
            entered[i] = counts.transitions.get(i);
        }
        return new ProtectionView.BreakerView(
                of.state(), of.reason(), instant(of.sinceNanos()), entered);
    }

    private ProtectionView.HedgesView hedgesView(RetryBudget of) {
        return new ProtectionView.HedgesView(
                counts.hedges.get(), counts.hedgesWon.get(), of.refusals());
    }

    private Instant instant(long nanos) {
        return control.clock().now().minusNanos(control.clock().nanos() - nanos);
    }
}
