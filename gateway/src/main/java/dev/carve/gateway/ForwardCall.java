package dev.carve.gateway;

import dev.carve.gateway.balance.KeyHash;
import dev.carve.gateway.metrics.TrafficMetrics;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Service;
import dev.carve.http.BodySource;
import dev.carve.http.Head;
import dev.carve.http.Loop;
import dev.carve.http.ResponseHead;
import dev.carve.http.ResponseSink;
import dev.carve.http.UpstreamCall;
import dev.carve.runtime.Failure;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way through {@link Forward}: its attempts, one after the other, and the answer of
 * the last. Stands between the attempts and the sink of the call, so that one that failed before
 * its answer can be followed by another without the sink noticing.
 *
 * <p>Thread: the loop of the call. Taken from the loop and given back when the call is over.
 */
final class ForwardCall implements ActiveCall {

    /** How many instances are asked for room before the call is refused. */
    private static final int LOOKS_MAX = 3;

    private final Loop loop;
    private final Attempt attempt;
    private long random;

    // The call under way; null while free.
    private @Nullable Call call;
    private @Nullable ResponseSink sink;
    private @Nullable Service service;
    private long key;
    private long responseTimeoutNanos;
    private long startedNanos;
    private int attempts;
    private boolean headSeen;
    private int status;

    // Tells the call under way from the next one that this object serves.
    private long starts;

    ForwardCall(Loop loop) {
        this.loop = loop;
        attempt = new Attempt(this, loop);
        random = KeyHash.mix(LoopState.of(loop).nextId());
    }

    static ForwardCall take(Loop loop) {
        return LoopState.of(loop).takeForward();
    }

    void start(Call call, ResponseSink sink, Service service, long responseTimeoutNanos) {
        this.call = call;
        this.sink = sink;
        this.service = service;
        this.responseTimeoutNanos = responseTimeoutNanos;
        attempts = 0;
        headSeen = false;
        status = 0;
        startedNanos = loop.now();
        metrics(service).started();
        long start = ++starts;
        try {
            key = service.key(call.head(), call.peer());
            attempt(call, service, null, false);
        } catch (RuntimeException fault) {
            // Nobody has this call to cancel it yet; the fault itself is for the caller to answer.
            if (isUnderWay(start)) {
                cancel();
            }
            throw fault;
        }
    }

    /** Whether the call of that start is neither over nor followed by another. */
    private boolean isUnderWay(long start) {
        return call != null && starts == start;
    }

    long responseTimeoutNanos() {
        return responseTimeoutNanos;
    }

    private void attempt(Call call, Service service, @Nullable Instance except, boolean fresh) {
        attempts++;
        Instance picked =
                fresh && except != null ? except : service.pick(key, nextRandom(), except);
        for (int looks = 0; picked != null && looks < LOOKS_MAX; looks++) {
            attempt.prepare(call, service, picked);
            call.attempted(service, picked, attempts);
            if (attempt.send(picked, fresh && looks == 0)) {
                return;
            }
            // Full since it was picked, or out of connections: another may have room.
            Instance full = picked;
            picked = service.pick(key, nextRandom(), full);
            if (picked == full) {
                break;
            }
        }
        refused(call, service, picked);
    }

    /** No instance took the call, and none was tried. */
    private void refused(Call call, Service service, @Nullable Instance full) {
        Failure why;
        if (full != null) {
            why = Failure.of(Failure.Kind.OVERLOADED, "requests or connections to " + full.name());
        } else if (service.isUsable()) {
            why = Failure.of(Failure.Kind.OVERLOADED, "requests to all instances");
        } else {
            why = Failure.of(Failure.Kind.NO_INSTANCE, "no instance of " + service.name());
        }
        if (full == null) {
            call.attempted(service, null, attempts);
        }
        metrics(service).failed(service.name(), why.kind());
        over(why);
    }

    private long nextRandom() {
        random++;
        return KeyHash.mix(random);
    }

    private TrafficMetrics.PerLoop metrics(Service of) {
        return of.metrics().on(loop.number());
    }

    // What the attempt tells.

    void informational(Head head) {
        ResponseSink to = sink;
        if (to != null) {
            to.informational(head);
        }
    }

    /** An answer has begun. */
    void answered(Attempt by, ResponseHead head) {
        ResponseSink to = sink;
        Call now = call;
        UpstreamCall from = by.upstream();
        if (to == null || now == null || from == null) {
            return;
        }
        long start = starts;
        headSeen = true;
        status = head.head().status();
        now.connected(from.connectedNanos());
        keepClient(now, by);
        by.answerTo(to);
        to.head(head);
        if (isUnderWay(start) && status == 101 && now.wantsUpgrade()) {
            BodySource client = now.body();
            if (client != null) {
                from.tunnelFrom(client);
            }
        }
    }

    /** Where clients stay with their instance, tells one that does not know its own yet. */
    private void keepClient(Call of, Attempt by) {
        Service from = service;
        Instance at = by.instance();
        if (from != null && at != null) {
            byte[] line = from.stickyLine(key, at);
            if (line != null) {
                of.addToAnswer(line);
            }
        }
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

    /**
     * An attempt failed, before or within its answer.
     *
     * @param reused whether its connection had carried calls before
     */
    void failed(Instance at, boolean reused, Failure failure) {
        Call now = call;
        Service of = service;
        if (now == null || of == null) {
            return;
        }
        metrics(of).failed(of.name(), failure.kind());
        boolean again =
                !headSeen
                        && attempts < of.members().attempts()
                        && !now.isBodyTaken()
                        && loop.now() < now.deadlineNanos()
                        && (failure.retrySafe() || (isLoss(failure) && now.isRepeatable()));
        if (!again) {
            over(failure);
            return;
        }
        metrics(of).retried();
        // A reused connection that is lost says nothing about its instance: try it afresh.
        attemptAgain(now, of, at, reused && isLoss(failure));
    }

    private void attemptAgain(Call call, Service service, Instance at, boolean fresh) {
        long start = starts;
        try {
            attempt(call, service, at, fresh);
        } catch (RuntimeException fault) {
            LoopState.of(loop).report(fault);
            // No caller would answer it here: that of the attempt that failed is the wire.
            if (isUnderWay(start)) {
                attempt.cancel();
                over(Failure.of(Failure.Kind.INTERNAL, fault.toString()));
            }
        }
    }

    private static boolean isLoss(Failure failure) {
        return failure.kind() == Failure.Kind.UPSTREAM_CLOSED
                || failure.kind() == Failure.Kind.UPSTREAM_RESET;
    }

    @Override
    public void cancel() {
        Service of = service;
        if (of != null) {
            metrics(of).ended(headSeen ? status : 0, loop.now() - startedNanos);
        }
        // First, so that the call's object is free only once its attempt has let go.
        attempt.cancel();
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

    private void release() {
        if (call != null) {
            call = null;
            sink = null;
            service = null;
            LoopState.of(loop).giveForward(this);
        }
    }
}
