package dev.carve.gateway;

import dev.carve.gateway.metrics.TrafficMetrics;
import dev.carve.gateway.protect.Backoff;
import dev.carve.gateway.protect.HedgeDelay;
import dev.carve.gateway.protect.Limit;
import dev.carve.gateway.protect.RetryBudget;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Protection;
import dev.carve.gateway.service.Service;
import dev.carve.http.Alarm;
import dev.carve.http.BodySource;
import dev.carve.http.Head;
import dev.carve.http.Loop;
import dev.carve.http.ResponseHead;
import dev.carve.http.ResponseSink;
import dev.carve.http.UpstreamCall;
import dev.carve.runtime.Failure;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way through {@link Forward}: a permit of the service's limit, then its attempts,
 * and the answer of one of these. Stands between the attempts and the sink of the call, so that one
 * that failed before its answer can be followed by another without the sink noticing.
 *
 * <p>Implementation notes. Mostly there is one {@link Attempt} at a time. Two there are for a
 * hedge, and for a retry while the first still reads an answer that was not wanted. The one alarm
 * serves either the time of the hedge or the back-off before a retry, which never come together.
 *
 * <p>Two retries are made at once and outside of the budget, since they bring the service no load
 * that it has to work for. After the loss of a connection that had been idle, a fresh one to the
 * same instance: such a try uses up an idle connection, which only a good answer leaves behind. And
 * after a connection that was refused or found no way, one at an instance where the call has not
 * been: nobody has worked for it, and with one of two instances down every other call needs it.
 *
 * <p>A copy, for which no client waits, goes beside all this: over connections of its own, without
 * a permit, a hedge or a place among an instance's requests, with a retry budget for its kind. What
 * becomes of it is told to neither breaker nor ejection nor the adaptive limit, and it is not made
 * where the limit is used up or the breaker not closed.
 *
 * <p>Thread: the loop of the call. Taken from the loop and given back when the call is over.
 */
final class ForwardCall implements ActiveCall {

    private final Loop loop;
    private final Attempts attempts;
    private final Admission admission;
    private final Alarm alarm;
    private final Destinations destinations;
    private final Retries retries;

    /** What the alarm is set for. */
    private enum Waiting {
        NOTHING,
        HEDGE,
        RETRY
    }

    // The call under way; null while free.
    private @Nullable Call call;
    private @Nullable ResponseSink sink;
    private @Nullable Service service;
    private @Nullable Protection protection;
    private boolean copy;
    private long responseTimeoutNanos;
    private long startedNanos;
    private int number;
    private boolean headSeen;
    private int status;

    private Waiting waiting = Waiting.NOTHING;

    /** Why the try before had no answer. */
    private @Nullable Failure lastFailure;

    // Tells the call under way from the next one that this object serves.
    private long starts;

    ForwardCall(Loop loop) {
        this.loop = loop;
        attempts = new Attempts(this, loop);
        admission = new Admission(loop, this::admitted, this::notAdmitted);
        alarm = new Alarm(loop, this::rings);
        destinations = new Destinations(LoopState.of(loop).nextId());
        retries = new Retries(loop);
    }

    static ForwardCall take(Loop loop) {
        return LoopState.of(loop).takeForward();
    }

    void start(Call call, ResponseSink sink, Service service, long responseTimeoutNanos) {
        Protection by = service.protection();
        this.call = call;
        this.sink = sink;
        this.service = service;
        this.protection = by;
        this.responseTimeoutNanos = responseTimeoutNanos;
        copy = call.isCopy();
        number = 0;
        retries.begin(service, by, copy);
        headSeen = false;
        status = 0;
        startedNanos = loop.now();
        metrics(service).started();
        long start = ++starts;
        try {
            destinations.begin(call, service);
            Limit limit = by.limit();
            if (limit == null) {
                begin(call, service, by);
            } else if (copy) {
                beginBeside(call, service, by, limit);
            } else {
                enter(call, service, by, limit);
            }
        } catch (RuntimeException fault) {
            // Nobody has this call to cancel it yet; the fault itself is for the caller to answer.
            if (isUnderWay(start)) {
                cancel();
            }
            throw fault;
        }
    }

    /**
     * Asks for a permit, but not while the breaker lets nobody through: permits are held longest by
     * calls that hang, and nobody should wait for those to hear that.
     */
    private void enter(Call call, Service service, Protection by, Limit limit) {
        long wait = by.heldBackNanos(loop.now(), 0);
        if (wait > 0) {
            number++;
            heldBack(call, service, wait);
        } else if (admission.enter(limit, call.deadlineNanos())) {
            begin(call, service, by);
        }
    }

    /** A copy takes no permit and waits for none: where a client would wait it is not made. */
    private void beginBeside(Call call, Service service, Protection by, Limit limit) {
        if (limit.isFull()) {
            notAdmitted(Failure.of(Failure.Kind.OVERLOADED, "no permit is free beside a copy"));
        } else {
            begin(call, service, by);
        }
    }

    /** Whether the call of that start is neither over nor followed by another. */
    private boolean isUnderWay(long start) {
        return call != null && starts == start;
    }

    long responseTimeoutNanos() {
        return responseTimeoutNanos;
    }

    private void begin(Call call, Service service, Protection by) {
        long hedge = by.hedgeNanos();
        if (hedge != HedgeDelay.NEVER && mayHedge(call)) {
            waiting = Waiting.HEDGE;
            alarm.set(loop.now() + hedge);
        }
        attempt(call, service, destinations.first(), false);
    }

    /** Its turn has come in the line of the service's limit. */
    private void admitted() {
        Call now = call;
        Service of = service;
        Protection by = protection;
        if (now != null && of != null && by != null) {
            guarded(() -> begin(now, of, by));
        }
    }

    private void notAdmitted(Failure why) {
        Call now = call;
        Service of = service;
        if (now != null && of != null) {
            now.attempted(of, null, number);
            metrics(of).failed(of.name(), why.kind());
            over(why);
        }
    }

    // Attempts.

    /**
     * Makes one try, or ends the call if none can be made.
     *
     * @param to null if none can take it
     * @param fresh never over a connection that was used before
     */
    private void attempt(Call call, Service service, @Nullable Instance to, boolean fresh) {
        number++;
        Attempt by = attempts.free();
        long wait = by.admit(current(), copy, destinations.randomBits());
        if (wait > 0) {
            heldBack(call, service, wait);
            return;
        }
        if (to == null
                || !(takes(by, call, service, to, fresh)
                        || destinations.elsewhere(
                                to, each -> takes(by, call, service, each, false)))) {
            by.over();
            refused(call, service, to);
            return;
        }
        Protection protects = current();
        boolean first = number == 1;
        boolean copies = copy;
        by.send();
        if (first) {
            protects.began(loop, copies);
        }
    }

    private boolean takes(Attempt by, Call call, Service service, Instance at, boolean fresh) {
        by.prepare(call, service, at);
        call.attempted(service, at, number);
        return by.take(at, fresh);
    }

    private Protection current() {
        Protection now = protection;
        if (now == null) {
            throw new IllegalStateException("no call under way");
        }
        return now;
    }

    /**
     * The breaker lets no call through. Of a retry the client hears why the try before failed, if
     * that had no answer; one that was passed over is gone.
     */
    private void heldBack(Call call, Service service, long waitNanos) {
        retries.unsent();
        Failure why = lastFailure;
        if (why == null) {
            why =
                    Failure.of(Failure.Kind.CIRCUIT_OPEN, "breaker of " + service.name())
                            .retryAfter(waitNanos);
            call.attempted(service, null, number);
            metrics(service).failed(service.name(), why.kind());
        }
        over(why);
    }

    /** No instance took the call, and none was tried. */
    private void refused(Call call, Service service, @Nullable Instance full) {
        retries.unsent();
        Failure why = service.refusal(full);
        call.attempted(service, full, number);
        metrics(service).failed(service.name(), why.kind());
        over(why);
    }

    private TrafficMetrics.PerLoop metrics(Service of) {
        return of.metrics().on(loop.number());
    }

    // The alarm.

    private void rings() {
        Call now = call;
        Service of = service;
        Waiting was = waiting;
        waiting = Waiting.NOTHING;
        if (now == null || of == null) {
            return;
        }
        switch (was) {
            case NOTHING -> {}
            case HEDGE -> guarded(() -> hedge(now, of, current()));
            case RETRY -> {
                Instance next = destinations.next();
                guarded(() -> attempt(now, of, next, false));
            }
        }
    }

    /** Runs what no caller would answer a fault of: the callers here are the wire and the clock. */
    private void guarded(Runnable step) {
        long start = starts;
        try {
            step.run();
        } catch (RuntimeException fault) {
            LoopState.of(loop).report(fault);
            if (isUnderWay(start)) {
                over(Failure.of(Failure.Kind.INTERNAL, fault.toString()));
            }
        }
    }

    // Hedges.

    /** Only what can be sent twice, now: a body can not. */
    private static boolean mayHedge(Call call) {
        return call.isRepeatable() && call.body() == null && !call.wantsUpgrade() && !call.isCopy();
    }

    /** The answer is late: asks another instance too, if there is one and the budget allows. */
    private void hedge(Call call, Service service, Protection by) {
        Instance slow = attempts.first().instance();
        RetryBudget budget = by.hedgeBudget();
        if (slow == null || budget == null || headSeen || !budget.withdraw()) {
            return;
        }
        Instance picked = destinations.beside(slow);
        if (picked == null) {
            budget.giveBack();
            return;
        }
        Attempt with = attempts.other(attempts.first());
        with.prepare(call, service, picked);
        if (with.admit(by, false, destinations.randomBits()) > 0 || !with.take(picked, false)) {
            with.over();
            budget.giveBack();
            return;
        }
        number++;
        call.attempted(service, picked, number);
        by.hedged();
        with.send();
    }

    // What attempts tell.

    void informational(Head head) {
        ResponseSink to = sink;
        if (to != null) {
            to.informational(head);
        }
    }

    /** An answer has begun; it is the call's unless its status is one to try again for. */
    void answered(Attempt by, UpstreamCall from, ResponseHead head) {
        ResponseSink to = sink;
        Call now = call;
        Service of = service;
        if (to == null || now == null || of == null) {
            return;
        }
        int seen = head.head().status();
        if (current().retries(seen) && passesOver(now, of, by, head)) {
            return;
        }
        long start = starts;
        headSeen = true;
        status = seen;
        settle(now, of, by);
        now.connected(from.connectedNanos());
        by.keepClient(now, of, destinations.key());
        by.answerTo(to);
        to.head(head);
        if (isUnderWay(start) && seen == 101 && now.wantsUpgrade()) {
            BodySource client = now.body();
            if (client != null) {
                from.tunnelFrom(client);
            }
        }
    }

    /** This attempt's answer is the call's: no hedge any more, and no other attempt. */
    private void settle(Call call, Service service, Attempt by) {
        stopWaiting();
        if (attempts.isOtherRunning(by)) {
            if (attempts.isSecond(by)) {
                current().hedgeWon();
            }
            attempts.other(by).lose();
            call.attempted(service, by.instance(), number);
        }
    }

    /** Lets an answer go by for a better one: that of the hedge, or of another try. */
    private boolean passesOver(Call call, Service service, Attempt by, ResponseHead head) {
        Instance at = by.instance();
        if (at == null) {
            return false;
        }
        if (attempts.isOtherRunning(by)) {
            by.drain(head);
            destinations.failed(at);
            return true;
        }
        if (!retries.isLeft()
                || !retries.isOpenFor(call)
                || !call.isRepeatable()
                || !isOpen(service)) {
            return false;
        }
        long wait = pay(call, Attempt.retryAfterNanos(head.head(), current()));
        if (wait == Backoff.NEVER) {
            return false;
        }
        by.drain(head);
        destinations.failed(at);
        lastFailure = null;
        tryAgain(call, service, wait);
        return true;
    }

    /** Whether another try would get through now: an answer is better than a refusal of our own. */
    private boolean isOpen(Service service) {
        return current().heldBackNanos(loop.now(), destinations.randomBits()) == 0
                && service.hasRoom();
    }

    /** The answer is complete. */
    void ended(@Nullable Head trailer) {
        ResponseSink to = sink;
        Service of = service;
        if (to == null || of == null) {
            return;
        }
        metrics(of).ended(status, loop.now() - startedNanos);
        release();
        to.end(trailer);
        to.flush();
    }

    /** An attempt failed, before or within its answer. */
    void failed(Attempt by, Lost lost) {
        Call now = call;
        Service of = service;
        Failure failure = lost.failure();
        if (now == null || of == null) {
            return;
        }
        metrics(of).failed(of.name(), failure.kind());
        if (!lost.isIdleLoss()) {
            destinations.failed(lost.at());
        }
        if (!headSeen && attempts.isOtherRunning(by)) {
            return;
        }
        boolean left = lost.isIdleLoss() ? retries.isAny() : retries.isLeft();
        if (headSeen || !left || !retries.isOpenFor(now) || !lost.isSafe(now)) {
            over(failure);
            return;
        }
        lastFailure = failure;
        Instance free = forNothing(lost);
        if (free != null) {
            stopWaiting();
            metrics(of).retried();
            guarded(() -> attempt(now, of, free, lost.isIdleLoss()));
            return;
        }
        long wait = pay(now, Backoff.NO_RETRY_AFTER);
        if (wait == Backoff.NEVER) {
            over(failure);
        } else {
            tryAgain(now, of, wait);
        }
    }

    // Retries.

    /** Where the call can be tried at once and outside of the budget; null if nowhere. */
    private @Nullable Instance forNothing(Lost lost) {
        if (lost.isIdleLoss()) {
            retries.takeInPlace();
            return lost.at();
        }
        Instance untried = lost.isUnreached() ? destinations.untried() : null;
        if (untried != null) {
            retries.takeFree();
        }
        return untried;
    }

    private long pay(Call call, long retryAfterNanos) {
        return retries.pay(call, retryAfterNanos, destinations.randomBits());
    }

    private void tryAgain(Call call, Service service, long waitNanos) {
        stopWaiting();
        metrics(service).retried();
        if (waitNanos == 0) {
            Instance next = destinations.next();
            guarded(() -> attempt(call, service, next, false));
        } else {
            waiting = Waiting.RETRY;
            alarm.set(loop.now() + waitNanos);
        }
    }

    private void stopWaiting() {
        if (waiting != Waiting.NOTHING) {
            waiting = Waiting.NOTHING;
            alarm.cancel();
        }
    }

    // Ends.

    @Override
    public void cancel() {
        Service of = service;
        if (of != null) {
            metrics(of).ended(headSeen ? status : 0, loop.now() - startedNanos);
        }
        release();
    }

    private void over(Failure failure) {
        ResponseSink to = sink;
        Service of = service;
        if (of != null) {
            metrics(of).ended(headSeen ? status : 0, loop.now() - startedNanos);
        }
        release();
        if (to != null) {
            to.failed(failure);
        }
    }

    /** Lets go of all that the call holds, and of its object last. */
    private void release() {
        if (call == null) {
            return;
        }
        if (waiting == Waiting.RETRY) {
            retries.unsent();
        }
        stopWaiting();
        attempts.cancel();
        admission.leave();
        call = null;
        sink = null;
        service = null;
        protection = null;
        destinations.clear();
        retries.clear();
        lastFailure = null;
        LoopState.of(loop).giveForward(this);
    }
}
