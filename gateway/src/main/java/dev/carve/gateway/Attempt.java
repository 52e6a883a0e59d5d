package dev.carve.gateway;

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
 * One try of a {@link ForwardCall} at one instance: what it sends, its connection, and the way of
 * its answer. Whether that answer is the call's is decided there when its head has come; from then
 * on it goes straight to the call's sink.
 *
 * <p>Thread: the loop of the call. Lives as long as its call object and serves one try after the
 * other.
 */
final class Attempt implements ResponseSink, UpstreamRequest {

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final byte[] HOST = Ascii.bytes("host");

    private final ForwardCall owner;
    private final Loop loop;
    private final HeadEdits edits = new HeadEdits();

    // The try under way; null while there is none.
    private @Nullable Call call;
    private @Nullable Instance instance;
    private @Nullable UpstreamCall upstream;

    /** Where the answer goes; null until its head was accepted. */
    private @Nullable ResponseSink sink;

    Attempt(ForwardCall owner, Loop loop) {
        this.owner = owner;
        this.loop = loop;
    }

    // The call's side.

    /** What this try changes in the head. May throw; nothing is held yet. */
    void prepare(Call call, Service service, Instance to) {
        this.call = call;
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

    /**
     * Sends what was prepared; false if the instance has no room.
     *
     * @param fresh never over a connection that was used before
     */
    boolean send(Instance to, boolean fresh) {
        // From here to sending nothing may throw, or the connection would be lost to its pool.
        UpstreamCall connection = to.begin(loop, fresh);
        if (connection == null) {
            return false;
        }
        instance = to;
        upstream = connection;
        connection.send(this, this);
        return true;
    }

    @Nullable Instance instance() {
        return instance;
    }

    @Nullable UpstreamCall upstream() {
        return upstream;
    }

    /** Its answer is the call's. */
    void answerTo(ResponseSink sink) {
        this.sink = sink;
    }

    /** Nothing more is to come of it: gives back what it holds, but for the connection. */
    void over() {
        Instance at = instance;
        call = null;
        sink = null;
        instance = null;
        upstream = null;
        if (at != null) {
            at.end();
        }
    }

    /** Its answer is not wanted. */
    void cancel() {
        UpstreamCall from = upstream;
        over();
        if (from != null) {
            from.cancel();
        }
    }

    // What it sends.

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
        return owner.responseTimeoutNanos();
    }

    private Call current() {
        Call now = call;
        if (now == null) {
            throw new IllegalStateException("no attempt under way");
        }
        return now;
    }

    // Its answer.

    @Override
    public void informational(Head head) {
        if (upstream != null) {
            owner.informational(head);
        }
    }

    @Override
    public void head(ResponseHead head) {
        if (upstream != null) {
            owner.answered(this, head);
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
        if (sink != null) {
            over();
            owner.ended(trailer);
        }
    }

    @Override
    public void failed(Failure failure) {
        UpstreamCall from = upstream;
        Instance at = instance;
        if (from == null || at == null) {
            return;
        }
        boolean reused = from.isReused();
        over();
        owner.failed(at, reused, failure);
    }
}
