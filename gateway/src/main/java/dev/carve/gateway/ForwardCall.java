package dev.carve.gateway;

import dev.carve.gateway.balance.KeyHash;
import dev.carve.gateway.metrics.TrafficMetrics;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Service;
import dev.carve.http.Ascii;
import dev.carve.http.BodySource;
import dev.carve.http.Field;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import dev.carve.http.Loop;
import dev.carve.http.ResponseHead;
import dev.carve.http.ResponseSink;
import dev.carve.http.UpstreamCall;
import dev.carve.http.UpstreamRequest;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way through {@link Forward}: its attempts, one after the other, and the answer of
 * the last. Stands between the connection to the upstream and the sink of the call, so that an
 * attempt that failed before its answer can be made again without the sink noticing.
 *
 * <p>Thread: the loop of the call. Taken from the loop and given back when the call is over.
 */
final class ForwardCall implements ActiveCall, ResponseSink, UpstreamRequest {

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** How many instances are asked for room before the call is refused. */
    private static final int LOOKS_MAX = 3;

    private static final byte[] HOST = Ascii.bytes("host");

    private final Loop loop;
    private final HeadEdits edits = new HeadEdits();
    private long random;

    // The call under way; null while free.
    private @Nullable Call call;
    private @Nullable ResponseSink sink;
    private @Nullable Service service;
    private @Nullable Instance instance;
    private @Nullable UpstreamCall upstream;
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

    private void attempt(Call call, Service service, @Nullable Instance except, boolean fresh) {
        attempts++;
        Instance picked =
                fresh && except != null ? except : service.pick(key, nextRandom(), except);
        for (int looks = 0; picked != null && looks < LOOKS_MAX; looks++) {
            prepare(call, service, picked);
            call.attempted(service, picked, attempts);
            // From here to sending nothing may throw, or the connection would be lost to its pool.
            UpstreamCall connection = picked.begin(loop, fresh && looks == 0);
            if (connection != null) {
                instance = picked;
                upstream = connection;
                connection.send(this, this);
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

    /** What this attempt changes in the head. */
    private void prepare(Call call, Service service, Instance to) {
        edits.clear();
        call.edit(edits);
        Head head = call.head();
        if (!head.has(Field.HOST) && !edits.adds(HOST)) {
            edits.add("Host", to.host());
        }
        if (service.members().deadline()) {
            addTimeout(call, head);
        }
    }

    private void addTimeout(Call call, Head head) {
        edits.drop(head, Field.CARVE_TIMEOUT);
        long left = call.deadlineNanos();
        if (left != Long.MAX_VALUE) {
            long millis = Math.max(1, (left - loop.now()) / NANOS_PER_MILLI);
            edits.add(Field.CARVE_TIMEOUT.text(), Long.toString(millis));
        }
    }

    private long nextRandom() {
        random++;
        return KeyHash.mix(random);
    }

    private TrafficMetrics.PerLoop metrics(Service of) {
        return of.metrics().on(loop.number());
    }

    // What the attempt sends.

    @Override
    public Head head() {
        return current().head();
    }

    @Override
    public HeadEdits edits() {
        return edits;
    }

    @Override
    public @Nullable BodySource body() {
        return current().body();
    }

    @Override
    public boolean namesFields() {
        return current().namesFields();
    }

    @Override
    public boolean wantsUpgrade() {
        return current().wantsUpgrade();
    }

    @Override
    public long deadlineNanos() {
        return current().deadlineNanos();
    }

    @Override
    public long responseTimeoutNanos() {
        return responseTimeoutNanos;
    }

    private Call current() {
        Call now = call;
        if (now == null) {
            throw new IllegalStateException("no call under way");
        }
        return now;
    }

    // The answer.

    @Override
    public void informational(Head head) {
        ResponseSink to = sink;
        if (to != null) {
            to.informational(head);
        }
    }

    @Override
    public void head(ResponseHead head) {
        ResponseSink to = sink;
        UpstreamCall from = upstream;
        if (to == null || from == null) {
            return;
        }
        headSeen = true;
        status = head.head().status();
        if (call != null) {
            call.connected(from.connectedNanos());
            keepClient(call);
        }
        to.head(head);
        if (status == 101 && call != null && call.wantsUpgrade()) {
            BodySource client = call.body();
            if (client != null) {
                from.tunnelFrom(client);
            }
        }
    }

    /** Where clients stay with their instance, tells one that does not know its own yet. */
    private void keepClient(Call of) {
        Service from = service;
        Instance at = instance;
        if (from != null && at != null) {
            byte[] line = from.stickyLine(key, at);
            if (line != null) {
                of.addToAnswer(line);
            }
        }
    }

    @Override
    public void halfClosed() {
        ResponseSink to = sink;
        if (to != null) {
            to.halfClosed();
        }
    }

    @Override
    public void data(ByteBuf chunk) {
        ResponseSink to = sink;
        if (to == null) {
            chunk.release();
        } else {
            to.data(chunk);
        }
    }

    @Override
    public void flush() {
        ResponseSink to = sink;
        if (to != null) {
            to.flush();
        }
    }

    @Override
    public void end(@Nullable Head trailer) {
        ResponseSink to = sink;
        if (to == null) {
            return;
        }
        attemptOver();
        Service of = service;
        if (of != null) {
            metrics(of).ended(status, loop.now() - startedNanos);
        }
        release();
        to.end(trailer);
        to.flush();
    }

    @Override
    public void failed(Failure failure) {
        UpstreamCall from = upstream;
        Call now = call;
        Service of = service;
        Instance at = instance;
        boolean reused = from != null && from.isReused();
        attemptOver();
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

    private void attemptAgain(Call call, Service service, @Nullable Instance at, boolean fresh) {
        long start = starts;
        try {
            attempt(call, service, at, fresh);
        } catch (RuntimeException fault) {
            LoopState.of(loop).report(fault);
            // No caller would answer it here: that of the attempt that failed is the wire.
            if (isUnderWay(start)) {
                UpstreamCall from = upstream;
                attemptOver();
                over(Failure.of(Failure.Kind.INTERNAL, fault.toString()));
                if (from != null) {
                    from.cancel();
                }
            }
        }
    }

    private static boolean isLoss(Failure failure) {
        return failure.kind() == Failure.Kind.UPSTREAM_CLOSED
                || failure.kind() == Failure.Kind.UPSTREAM_RESET;
    }

    @Override
    public void cancel() {
        UpstreamCall from = upstream;
        Service of = service;
        attemptOver();
        if (of != null) {
            metrics(of).ended(headSeen ? status : 0, loop.now() - startedNanos);
        }
        release();
        if (from != null) {
            from.cancel();
        }
    }

    private void attemptOver() {
        Instance at = instance;
        instance = null;
        upstream = null;
        if (at != null) {
            at.end();
        }
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
