package dev.carve.gateway.protect.sim;

import dev.carve.gateway.protect.Backoff;
import dev.carve.gateway.protect.Breaker;
import dev.carve.gateway.protect.Limit;
import dev.carve.gateway.protect.Limit.Refused;
import dev.carve.gateway.protect.Limit.Waiter;
import dev.carve.gateway.protect.Outcome;
import dev.carve.gateway.protect.RetryBudget;
import dev.carve.gateway.protect.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way of a call through the mechanisms that are on, as the real gateway goes it: a refused
 * connection is made good for nothing at an instance where the call has not been, and all else is
 * paid for. The time-outs are those of connecting, which are tried again whatever the method.
 */
final class Gateway {

    /**
     * What is on.
     *
     * @param attempts of one call in all
     */
    record Protection(
            int attempts,
            RetryBudget.@Nullable Rule budget,
            Breaker.@Nullable Rule breaker,
            Limit.@Nullable Rule limit) {

        static Protection none(int attempts) {
            return new Protection(attempts, null, null, null);
        }
    }

    private static final long TIMEOUT_NANOS = Duration.ofSeconds(1).toNanos();

    private final Events events;
    private final SplittableRandom random;
    private final List<Backend> instances;
    private final int attemptsMax;
    private final Window window;
    private final @Nullable RetryBudget budget;
    private final @Nullable Breaker breaker;
    private final @Nullable Limit limit;
    private final Backoff backoff = new Backoff(Backoff.Rule.DEFAULT);
    private int turn;

    Gateway(
            Events events,
            SplittableRandom random,
            List<Backend> instances,
            Protection protection) {
        this.events = events;
        this.random = random;
        this.instances = instances;
        attemptsMax = protection.attempts();
        window = new Window(Window.Rule.DEFAULT, 1, events.nanos());
        budget =
                protection.budget() == null
                        ? null
                        : new RetryBudget(protection.budget(), 1, events.nanos());
        breaker =
                protection.breaker() == null
                        ? null
                        : new Breaker(protection.breaker(), window, events.nanos());
        limit = protection.limit() == null ? null : new Limit(protection.limit(), events);
        events.every(Duration.ofMillis(100), this::turn);
    }

    private void turn() {
        window.turn(events.nanos());
        if (breaker != null) {
            breaker.turn(events.nanos());
        }
        if (budget != null) {
            budget.turn(events.nanos());
        }
        if (limit != null) {
            limit.turn(events.nanos());
        }
    }

    /** Executes a call; {@code done} hears whether it was answered. */
    void call(Consumer<Boolean> done) {
        Call call = new Call(done);
        if (limit == null || limit.tryAcquire()) {
            call.attempt();
            return;
        }
        long deadline = events.nanos() + TIMEOUT_NANOS;
        switch (limit.await(deadline, () -> events.in(0, call::granted))) {
            case Waiter waiter -> {
                call.waiter = waiter;
                events.in(waiter.untilNanos() - events.nanos(), call::waitedLong);
            }
            case Refused _ -> done.accept(false);
        }
    }

    private final class Call {
        private final Consumer<Boolean> done;
        private final List<Backend> untried = new ArrayList<>(instances);
        private @Nullable Waiter waiter;
        private int attempts;
        private boolean paid;
        private boolean over;

        Call(Consumer<Boolean> done) {
            this.done = done;
        }

        void granted() {
            if (waiter != null && waiter.take()) {
                waiter = null;
                attempt();
            }
        }

        void waitedLong() {
            if (waiter != null) {
                waiter.cancel();
                waiter = null;
                over = true;
                done.accept(false);
            }
        }

        void attempt() {
            long ticket = breaker == null ? 0 : breaker.admit(events.nanos(), random.nextInt());
            if (Breaker.isRefusal(ticket)) {
                if (paid && budget != null) {
                    budget.giveBack();
                }
                finish(false);
                return;
            }
            attempts++;
            if (attempts == 1 && budget != null) {
                budget.deposit(0);
            }
            List<Backend> among = untried.isEmpty() ? instances : untried;
            Backend at = among.get(turn++ % among.size());
            untried.remove(at);
            Attempt attempt = new Attempt(this, ticket);
            events.in(TIMEOUT_NANOS, () -> attempt.end(Outcome.TIMED_OUT));
            at.request(attempt);
        }

        void refused() {
            if (attempts < attemptsMax && !untried.isEmpty()) {
                paid = false;
                attempt();
            } else {
                failed();
            }
        }

        void failed() {
            boolean again = attempts < attemptsMax && (budget == null || budget.withdraw());
            if (!again) {
                finish(false);
                return;
            }
            // Without a budget there is no back-off either: the retry of old.
            long wait =
                    budget == null
                            ? 0
                            : backoff.nextNanos(
                                    attempts,
                                    Long.MAX_VALUE,
                                    Backoff.NO_RETRY_AFTER,
                                    random.nextInt());
            paid = true;
            events.in(wait, this::attempt);
        }

        void finish(boolean answered) {
            if (over) {
                throw new IllegalStateException("finished twice");
            }
            over = true;
            if (limit != null) {
                limit.release();
            }
            done.accept(answered);
        }
    }

    private final class Attempt implements Backend.Caller {
        private final Call call;
        private final long ticket;
        private final long started = events.nanos();
        private boolean over;

        Attempt(Call call, long ticket) {
            this.call = call;
            this.ticket = breaker == null ? ticket : breaker.sent(ticket, started);
        }

        @Override
        public void answered() {
            end(Outcome.ANSWERED);
        }

        @Override
        public void refused() {
            end(Outcome.CONNECT_FAILED);
        }

        void end(Outcome outcome) {
            if (over) {
                return;
            }
            over = true;
            if (breaker != null) {
                breaker.ended(window.on(0), ticket, outcome, events.nanos() - started);
            }
            if (outcome == Outcome.ANSWERED) {
                call.finish(true);
            } else if (outcome == Outcome.CONNECT_FAILED) {
                call.refused();
            } else {
                call.failed();
            }
        }
    }

    int inFlight() {
        return limit == null ? 0 : limit.inFlight();
    }

    Breaker.State state() {
        return breaker == null ? Breaker.State.CLOSED : breaker.state();
    }
}
