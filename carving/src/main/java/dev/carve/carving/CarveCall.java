package dev.carve.carving;

import dev.carve.carving.guard.Ending;
import dev.carve.carving.guard.Side;
import dev.carve.gateway.Action;
import dev.carve.gateway.ActiveCall;
import dev.carve.gateway.Call;
import dev.carve.http.Alarm;
import dev.carve.http.Head;
import dev.carve.http.Loop;
import dev.carve.http.ResponseHead;
import dev.carve.http.ResponseSink;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A client's call on a carved route: goes to the side that the plan names, is counted there, and
 * falls back to the old side where the new one fails and the request may be repeated. Where it is
 * mirrored, the answer is copied to the observation as it goes by, and the copies start when it is
 * out: before that they would only keep the loop from it. An answer that takes its time does not
 * keep the copies waiting.
 *
 * <p>Thread: the loop of the client's connection. Taken from the loop and given back at the end.
 */
final class CarveCall implements ActiveCall, ResponseSink {

    /**
     * The part of a request's time that the new side may take where the old one is to answer in its
     * place: the rest is the old side's.
     */
    private static final double NEW_SIDE_TIME = 0.75;

    /** How long copies without a body let the client's answer go first. */
    private static final long COPIES_WAIT_NANOS = 2_000_000;

    private final Loop loop;

    // Null while free.
    private @Nullable Carve carve;
    private @Nullable Call call;
    private @Nullable ResponseSink sink;
    private @Nullable Action old;
    private @Nullable Copies copies;
    private @Nullable Observation observation;
    private final Alarm copiesDue;
    private final Alarm fallBackDue;
    private ActiveCall active = ActiveCall.NONE;
    private Side side = Side.OLD;
    private boolean fellBack;
    private boolean headSeen;
    private Ending answer = Ending.IGNORED;
    private long startedNanos;
    private long headNanos;

    // Tells one request from the next that this object serves.
    private long use;

    CarveCall(Loop loop) {
        this.loop = loop;
        copiesDue = new Alarm(loop, this::startCopies);
        fallBackDue = new Alarm(loop, this::tooLate);
    }

    /**
     * @param fallback the old side, where it is to answer for a new one that fails
     * @param copies what goes beside it, if the request is mirrored
     */
    void start(
            Carve carve,
            Call call,
            ResponseSink sink,
            Side side,
            Action action,
            @Nullable Action fallback,
            @Nullable Copies copies) {
        this.carve = carve;
        this.call = call;
        this.sink = sink;
        this.side = side;
        this.copies = copies;
        observation = copies == null ? null : copies.observation();
        old = fallback;
        fellBack = false;
        headSeen = false;
        long mine = use + 1;
        go(call, action);
        if (fallback != null && use == mine && call.deadlineNanos() != Long.MAX_VALUE) {
            long left = call.deadlineNanos() - startedNanos;
            fallBackDue.set(startedNanos + (long) (left * NEW_SIDE_TIME));
        }
        if (copies != null && use == mine) {
            if (copies.mayWait()) {
                copiesDue.set(loop.now() + COPIES_WAIT_NANOS);
            } else {
                startCopies();
            }
        }
    }

    private void startCopies() {
        Copies due = copies;
        copies = null;
        if (due != null) {
            due.start();
        }
    }

    private void go(Call call, Action action) {
        startedNanos = loop.now();
        active = ActiveCall.NONE;
        long mine = ++use;
        ActiveCall started;
        try {
            started = action.start(call, this);
        } catch (RuntimeException fault) {
            // Nobody has this call to cancel it yet; the fault itself is for the caller to answer.
            if (use == mine && this.call != null) {
                giveUp(Skip.CALL_FAILED);
                release();
            }
            throw fault;
        }
        if (use == mine && this.call != null) {
            active = started;
        }
    }

    private CarveCounts.PerLoop counts(Carve of) {
        return of.counts().on(loop.number());
    }

    /**
     * Counts how the side's part ended, once; its latency is that of the head, where there was one.
     * What the old side answers in the place of the new one is not counted for it.
     */
    private void record(Ending ending, boolean refused) {
        Carve of = carve;
        if (of != null && !fellBack) {
            long ended = headSeen ? headNanos : loop.now();
            of.counts().ended(loop.number(), side, ending, ended - startedNanos, refused);
        }
    }

    private void giveUp(Skip why) {
        Observation observed = observation;
        observation = null;
        if (observed != null) {
            observed.giveUp(why);
        }
    }

    private void release() {
        use++;
        carve = null;
        call = null;
        sink = null;
        old = null;
        copies = null;
        copiesDue.cancel();
        fallBackDue.cancel();
        observation = null;
        active = ActiveCall.NONE;
        CarveLoop.of(loop).give(this);
    }

    @Override
    public void cancel() {
        if (call == null) {
            return;
        }
        ActiveCall cancelled = active;
        record(headSeen ? answer : Ending.LEFT, false);
        giveUp(Skip.CLIENT_GONE);
        release();
        cancelled.cancel();
    }

    // The answer.

    @Override
    public void informational(Head head) {
        if (sink != null) {
            sink.informational(head);
        }
    }

    @Override
    public void head(ResponseHead head) {
        Carve of = carve;
        ResponseSink to = sink;
        if (of == null || to == null) {
            return;
        }
        headSeen = true;
        answer = Endings.ofStatus(head.head().status());
        headNanos = loop.now();
        Observation observed = observation;
        if (observed != null) {
            if (head.head().status() == 101) {
                giveUp(Skip.UPGRADE);
            } else {
                observed.head(observed.client(), head.head());
            }
        }
        to.head(head);
    }

    @Override
    public void halfClosed() {
        if (sink != null) {
            sink.halfClosed();
        }
    }

    @Override
    public void data(ByteBuf chunk) {
        ResponseSink to = sink;
        if (to == null) {
            chunk.release();
            return;
        }
        Observation observed = observation;
        if (observed != null) {
            observed.data(observed.client(), chunk);
        }
        to.data(chunk);
    }

    @Override
    public void flush() {
        if (sink != null) {
            sink.flush();
        }
    }

    @Override
    public void end(@Nullable Head trailer) {
        ResponseSink to = sink;
        if (to == null) {
            return;
        }
        Observation observed = observation;
        Copies due = copies;
        record(answer, false);
        release();
        if (observed != null) {
            observed.clientDone();
        }
        to.end(trailer);
        if (due != null) {
            CarveLoop.of(loop).startSoon(due);
        }
    }

    @Override
    public void failed(Failure failure) {
        Carve of = carve;
        Call now = call;
        ResponseSink to = sink;
        if (of == null || now == null || to == null) {
            return;
        }
        giveUp(Skip.CALL_FAILED);
        Ending ending = Endings.ofClient(failure);
        boolean refused = ending == Ending.CONNECT_FAILED;
        Action instead = old;
        if (instead != null && failure.side() != Failure.Side.CLIENT && mayFallBack(now)) {
            fallBack(of, now, instead, to, refused);
            return;
        }
        record(ending, refused);
        release();
        to.failed(failure);
    }

    /** The new side has had its part of the time; the old one has the rest. */
    private void tooLate() {
        Carve of = carve;
        Call now = call;
        ResponseSink to = sink;
        Action instead = old;
        if (of == null || now == null || to == null || instead == null || !mayFallBack(now)) {
            return;
        }
        ActiveCall late = active;
        giveUp(Skip.CALL_FAILED);
        late.cancel();
        fallBack(of, now, instead, to, false);
    }

    private void fallBack(Carve of, Call now, Action instead, ResponseSink to, boolean refused) {
        counts(of).fellBack();
        record(Ending.FELL_BACK, refused);
        fellBack = true;
        fallBackDue.cancel();
        try {
            go(now, instead);
        } catch (RuntimeException fault) {
            // Whoever told the failure is the wire, and answers nobody.
            CarveLoop.of(loop).report(fault);
            to.failed(Failure.of(Failure.Kind.INTERNAL, fault.toString()));
        }
    }

    private boolean mayFallBack(Call now) {
        return !fellBack
                && !headSeen
                && now.isRepeatable()
                && !now.isBodyTaken()
                && loop.now() < now.deadlineNanos();
    }
}
