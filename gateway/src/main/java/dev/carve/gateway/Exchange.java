package dev.carve.gateway;

import dev.carve.gateway.route.RouteResult;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Service;
import dev.carve.http.BodySink;
import dev.carve.http.BodySource;
import dev.carve.http.Field;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import dev.carve.http.Loop;
import dev.carve.http.Peer;
import dev.carve.http.ResponseHead;
import dev.carve.http.ResponseSink;
import dev.carve.http.ServerStream;
import dev.carve.http.StreamListener;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One client request and its one answer. As a {@link Call} it is the client's own request on its
 * way to an action; as a {@link ResponseSink} it is the only place where an answer is committed to
 * the client. What happens when is decided by {@link Phases}.
 *
 * <p>Thread: the loop of the client's connection. Taken from the loop when the head is complete,
 * given back by the finish phase, which runs exactly once.
 */
final class Exchange implements Call, ResponseSink, StreamListener, BodySource {

    private final Loop loop;
    private final HeadEdits responseEdits = new HeadEdits();
    final RouteResult<Route> match = new RouteResult<>();
    final RequestId id = new RequestId();

    // Null while free.
    private @Nullable ServerStream stream;
    private @Nullable Gateway gateway;
    @Nullable Snapshot snapshot;
    @Nullable Route route;
    @Nullable ActiveCall active;
    private @Nullable Admission admission;
    private byte @Nullable [] addedLine;
    private boolean bodyTaken;
    private @Nullable Replay replay;
    private boolean replaying;
    private boolean finished;
    private long use;

    // What the log and the metrics tell.
    long startedNanos;
    long connectedNanos;
    long answeredNanos;
    long deadlineNanos;
    boolean impatient;
    int status;
    int attempts;
    @Nullable Service service;
    @Nullable Instance instance;
    @Nullable Failure failure;

    Exchange(Loop loop) {
        this.loop = loop;
    }

    void begin(Gateway gateway, ServerStream stream) {
        this.gateway = gateway;
        this.stream = stream;
        snapshot = gateway.snapshot();
        route = null;
        active = null;
        addedLine = null;
        bodyTaken = false;
        replaying = false;
        finished = false;
        use++;
        startedNanos = loop.now();
        connectedNanos = 0;
        answeredNanos = 0;
        deadlineNanos = Long.MAX_VALUE;
        impatient = false;
        status = 0;
        attempts = 0;
        service = null;
        instance = null;
        failure = null;
        id.choose(stream.head(), gateway.ids(), loop);
        stream.listen(this);
    }

    ServerStream stream() {
        ServerStream now = stream;
        if (now == null) {
            throw new IllegalStateException("no exchange under way");
        }
        return now;
    }

    Gateway gateway() {
        Gateway now = gateway;
        if (now == null) {
            throw new IllegalStateException("no exchange under way");
        }
        return now;
    }

    /** Tells one request from the next that this object serves. */
    long use() {
        return use;
    }

    boolean isFinished() {
        return finished;
    }

    /** For the finish phase only: true the first time. */
    boolean finishOnce() {
        boolean first = !finished;
        finished = true;
        return first;
    }

    /** For the finish phase only. */
    void recycle() {
        Replay kept = replay;
        if (kept != null && replaying) {
            replaying = false;
            kept.clear();
        }
        stream = null;
        gateway = null;
        snapshot = null;
        route = null;
        active = null;
        service = null;
        instance = null;
        failure = null;
        LoopState.of(loop).giveExchange(this);
    }

    /** What it has to do with its route's limit; made when a route with one first comes. */
    Admission admission() {
        Admission now = admission;
        if (now == null) {
            now = new Admission(loop, () -> Phases.admitted(this), why -> Phases.fail(this, why));
            admission = now;
        }
        return now;
    }

    /** For the finish phase only: gives its place in the route's limit back. */
    void leave() {
        if (admission != null) {
            admission.leave();
        }
    }

    // As a call.

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public Head head() {
        return stream().head();
    }

    @Override
    public @Nullable BodySource body() {
        return stream().body() == null ? null : this;
    }

    @Override
    public boolean isBodyTaken() {
        return bodyTaken && (replay == null || !replaying || !replay.isWhole());
    }

    @Override
    public boolean namesFields() {
        return stream().namesFields();
    }

    @Override
    public boolean wantsUpgrade() {
        return stream().wantsUpgrade();
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    public boolean isImpatient() {
        return impatient;
    }

    @Override
    public boolean isRepeatable() {
        return switch (head().method()) {
            case GET, HEAD, OPTIONS, TRACE, PUT, DELETE -> true;
            case POST, PATCH, CONNECT, OTHER ->
                    head().has(Field.IDEMPOTENCY_KEY) || (route != null && route.isSafe());
        };
    }

    @Override
    public boolean isSafe() {
        return switch (head().method()) {
            case GET, HEAD, OPTIONS, TRACE -> true;
            case POST, PUT, DELETE, PATCH, CONNECT, OTHER -> route != null && route.isSafe();
        };
    }

    @Override
    public RouteResult<Route> match() {
        return match;
    }

    @Override
    public void edit(HeadEdits edits) {
        Route to = route;
        if (to != null) {
            to.editRequest(edits, this);
        }
    }

    @Override
    public void attempted(Service service, @Nullable Instance instance, int number) {
        this.service = service;
        this.instance = instance;
        attempts = number;
    }

    @Override
    public Peer peer() {
        return stream().peer();
    }

    @Override
    public void addToAnswer(byte[] line) {
        byte[] before = addedLine;
        if (before == null) {
            addedLine = line;
        } else {
            byte[] both = Arrays.copyOf(before, before.length + line.length);
            System.arraycopy(line, 0, both, before.length, line.length);
            addedLine = both;
        }
    }

    @Override
    public void connected(long nanos) {
        connectedNanos = nanos;
    }

    // The request's body, so that it is known when it was taken.

    @Override
    public long length() {
        BodySource source = stream().body();
        return source == null ? 0 : source.length();
    }

    @Override
    public void start(BodySink sink) {
        BodySource from = stream().body();
        if (from == null) {
            return;
        }
        if (!bodyTaken) {
            bodyTaken = true;
            replaying = isKept(from);
            if (replaying) {
                keptBody().begin(from, route == null ? 0 : route.replayBytes());
            }
        }
        BodySource body = body(from);
        body.start(sink);
    }

    /** A body is kept where the request may be repeated, and as far as its length is no secret. */
    private boolean isKept(BodySource from) {
        Route to = route;
        return to != null && from.length() <= to.replayBytes() && isRepeatable();
    }

    private Replay keptBody() {
        Replay kept = replay;
        if (kept == null) {
            kept = new Replay(LoopState.of(loop));
            replay = kept;
        }
        return kept;
    }

    private BodySource body(BodySource from) {
        Replay kept = replay;
        return replaying && kept != null ? kept : from;
    }

    @Override
    public void pause() {
        BodySource source = stream == null ? null : stream.body();
        if (source != null) {
            body(source).pause();
        }
    }

    @Override
    public void resume() {
        BodySource source = stream == null ? null : stream.body();
        if (source != null) {
            body(source).resume();
        }
    }

    @Override
    public void discard() {
        BodySource source = stream == null ? null : stream.body();
        if (source != null) {
            body(source).discard();
        }
    }

    // As the sink of the answer.

    @Override
    public void informational(Head head) {
        if (stream != null) {
            stream.informational(head);
        }
    }

    @Override
    public void head(ResponseHead head) {
        ServerStream to = stream;
        if (to == null || finished) {
            return;
        }
        answeredNanos = loop.now();
        status = head.head().status();
        if (replay != null && replaying) {
            replay.commit();
        }
        responseEdits.clear();
        if (route != null) {
            route.editResponse(responseEdits, head.head());
        }
        byte[] line = addedLine;
        if (line != null) {
            responseEdits.addLine(line);
        }
        to.respond(head, responseEdits);
    }

    @Override
    public void halfClosed() {
        if (stream != null) {
            stream.shutOutput();
        }
    }

    @Override
    public void data(ByteBuf chunk) {
        ServerStream to = stream;
        if (to == null) {
            chunk.release();
        } else {
            to.data(chunk);
        }
    }

    @Override
    public void flush() {
        if (stream != null) {
            stream.flush();
        }
    }

    @Override
    public void end(@Nullable Head trailer) {
        ServerStream to = stream;
        if (to == null) {
            return;
        }
        active = null;
        to.end(trailer);
        to.flush();
        Phases.finish(this);
    }

    @Override
    public void failed(Failure why) {
        if (stream == null) {
            return;
        }
        active = null;
        Phases.fail(this, why);
    }

    // The client.

    @Override
    public void clientFailed(Failure why) {
        if (finished || stream == null) {
            return;
        }
        ActiveCall cancelled = active;
        active = null;
        if (cancelled != null) {
            cancelled.cancel();
        }
        Phases.fail(this, why);
    }
}
