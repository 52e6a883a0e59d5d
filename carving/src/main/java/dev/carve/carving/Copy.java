package dev.carve.carving;

import dev.carve.carving.guard.Ending;
import dev.carve.carving.guard.Side;
import dev.carve.gateway.Action;
import dev.carve.gateway.ActiveCall;
import dev.carve.gateway.Call;
import dev.carve.gateway.route.RouteResult;
import dev.carve.gateway.route.RouteTarget;
import dev.carve.gateway.route.Router;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Service;
import dev.carve.http.BodySink;
import dev.carve.http.BodySource;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import dev.carve.http.Loop;
import dev.carve.http.Peer;
import dev.carve.http.ResponseHead;
import dev.carve.http.ResponseSink;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a client's request as a call of its own, sent to the side that does not answer the
 * client. It has its own head, deadline and queue of body bytes, so that it may outlive the
 * client's exchange; what it lags behind is bounded, and beyond the bound it is given up. Its
 * answer is captured and goes nowhere else. Used again with its observation.
 *
 * <p>Thread: the loop of the client's connection.
 */
final class Copy implements Call, ResponseSink, BodySource {

    private final Observation observation;
    private final Capture capture;
    private final Asked request;

    // Null while free.
    private @Nullable Router<? extends RouteTarget> router;
    private @Nullable CopyWindow window;

    private Side side = Side.NEW;
    private long deadlineNanos;
    private ActiveCall active = ActiveCall.NONE;
    private long startedNanos;
    private boolean over = true;
    private @Nullable Ending answer;
    private long headNanos;

    // The body on its way: what the client's own call took and this one did not yet.
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>(1);
    private long waitingBytes;
    private @Nullable BodySink to;
    private boolean bodyTaken;
    private boolean paused;
    private boolean bodyComplete;
    private boolean pushing;

    Copy(Observation observation, Capture capture) {
        this.observation = observation;
        this.capture = capture;
        request = observation.request();
    }

    /**
     * It is about to be made; a place for it was taken from the budget.
     *
     * @param router holds the match of the route alone
     * @param window what may be under way to that side
     */
    void begin(Side side, Router<? extends RouteTarget> router, CopyWindow window) {
        this.side = side;
        this.router = router;
        this.window = window;
        answer = null;
        over = false;
        deadlineNanos = loop().now() + budget().bounds().timeout().toNanos();
        window.begin();
    }

    /** Free for another request; one that had a body is not used again. */
    void clear() {
        router = null;
        window = null;
    }

    private Budget budget() {
        return observation.carve().budget();
    }

    /** Starts it; the client's own call is on its way by now. */
    void start(Action action) {
        startedNanos = loop().now();
        observation.purpose().sent(loop().number());
        ActiveCall started = action.start(this, this);
        if (!over) {
            active = started;
        }
    }

    /** The observation was given up: nobody wants the answer. */
    void stop() {
        if (over) {
            return;
        }
        ActiveCall cancelled = active;
        finish();
        cancelled.cancel();
    }

    private void record(Ending ending) {
        long ended = answer == null ? loop().now() : headNanos;
        observation.purpose().ended(loop().number(), side, ending, ended - startedNanos);
    }

    private void finish() {
        over = true;
        active = ActiveCall.NONE;
        to = null;
        waiting.clear();
        budget().giveBytes(waitingBytes);
        waitingBytes = 0;
        if (window != null) {
            window.end();
        }
        budget().giveCopy();
    }

    // As a call.

    @Override
    public Loop loop() {
        return observation.loop();
    }

    @Override
    public Head head() {
        return request.head();
    }

    @Override
    public @Nullable BodySource body() {
        return request.hasBody() ? this : null;
    }

    @Override
    public boolean isBodyTaken() {
        return bodyTaken;
    }

    @Override
    public boolean namesFields() {
        return request.namesFields();
    }

    @Override
    public boolean wantsUpgrade() {
        return false;
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    public boolean isImpatient() {
        return false;
    }

    @Override
    public boolean isCopy() {
        return true;
    }

    @Override
    public boolean isRepeatable() {
        return request.isRepeatable();
    }

    @Override
    public boolean isSafe() {
        return request.isRepeatable();
    }

    /**
     * Found anew, by an action that asks for it: what the client's own call was matched with may be
     * another request's by then.
     */
    @Override
    public RouteResult<?> match() {
        if (router == null) {
            throw new IllegalStateException("a copy that has not begun");
        }
        return match(router, request.head());
    }

    private static <T extends RouteTarget> RouteResult<T> match(Router<T> by, Head head) {
        RouteResult<T> found = new RouteResult<>();
        by.find(head, found);
        return found;
    }

    @Override
    public void edit(HeadEdits to) {
        to.copyFrom(request.edits());
    }

    @Override
    public void connected(long nanos) {}

    @Override
    public void attempted(Service service, @Nullable Instance instance, int number) {}

    @Override
    public @Nullable Peer peer() {
        return request.peer();
    }

    @Override
    public void addToAnswer(byte[] line) {}

    // The request's body.

    /** What the client's own call takes: bytes that nobody changes any more. */
    void more(byte[] bytes) {
        if (over) {
            return;
        }
        if (waitingBytes + bytes.length > budget().bounds().lag().bytes()) {
            observation.giveUp(Skip.LAG);
        } else {
            take(bytes);
        }
    }

    /** All of the body at once, where no client is that it could lag behind. */
    void whole(byte[] bytes) {
        if (bytes.length > 0) {
            take(bytes);
        }
        bodyEnd();
    }

    private void take(byte[] bytes) {
        if (over) {
            return;
        }
        if (!budget().takeBytes(bytes.length)) {
            observation.giveUp(Skip.MEMORY);
            return;
        }
        waiting.addLast(bytes);
        waitingBytes += bytes.length;
        push();
    }

    /** The client's own call took the end of the body. */
    void bodyEnd() {
        bodyComplete = true;
        push();
    }

    private void push() {
        if (pushing) {
            return;
        }
        pushing = true;
        boolean pushed = false;
        while (!over && !paused && to != null && !waiting.isEmpty()) {
            byte[] next = waiting.removeFirst();
            waitingBytes -= next.length;
            budget().giveBytes(next.length);
            to.data(Unpooled.wrappedBuffer(next));
            pushed = true;
        }
        pushing = false;
        BodySink sink = to;
        if (over || sink == null) {
            return;
        }
        if (pushed) {
            sink.flush();
        }
        if (bodyComplete && waiting.isEmpty() && !paused) {
            to = null;
            sink.end(null);
        }
    }

    @Override
    public long length() {
        return request.bodyLength();
    }

    @Override
    public void start(BodySink sink) {
        bodyTaken = true;
        to = sink;
        push();
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        paused = false;
        push();
    }

    @Override
    public void discard() {
        to = null;
        budget().giveBytes(waitingBytes);
        waiting.clear();
        waitingBytes = 0;
    }

    // The answer.

    @Override
    public void informational(Head interim) {}

    @Override
    public void head(ResponseHead from) {
        if (over) {
            return;
        }
        answer = Endings.ofStatus(from.head().status());
        headNanos = loop().now();
        if (window != null) {
            window.answered(budget().bounds().copies());
        }
        observation.head(capture, from.head());
    }

    @Override
    public void halfClosed() {}

    @Override
    public void data(ByteBuf chunk) {
        if (!over) {
            observation.data(capture, chunk);
        }
        chunk.release();
    }

    @Override
    public void flush() {}

    @Override
    public void end(@Nullable Head trailer) {
        Ending ended = answer;
        if (!over && ended != null) {
            record(ended);
            finish();
            observation.complete(capture);
        }
    }

    @Override
    public void failed(Failure failure) {
        if (over) {
            return;
        }
        Ending ending = Endings.of(failure);
        record(ending);
        if (window != null && (ending == Ending.CONNECT_FAILED || ending == Ending.TIMED_OUT)) {
            window.failed(loop().now());
        }
        finish();
        observation.copyFailed(side, failure);
    }
}
