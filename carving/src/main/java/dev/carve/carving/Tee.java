package dev.carve.carving;

import dev.carve.gateway.Call;
import dev.carve.gateway.route.RouteResult;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Service;
import dev.carve.http.BodySink;
import dev.carve.http.BodySource;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import dev.carve.http.Loop;
import dev.carve.http.Peer;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A client's call whose body goes to copies as well: at the pace of the client's own side, which
 * never waits for a copy.
 *
 * <p>Thread: the loop of the client's connection.
 */
final class Tee implements Call, BodySource, BodySink {

    private final Call call;
    private final BodySource body;

    /** Keeps what the copies get, if it wants to. */
    private final Observation observation;

    private final Copies copies;
    private @Nullable BodySink to;
    private long position;
    private long copied;

    Tee(Call call, BodySource body, Copies copies) {
        this.call = call;
        this.body = body;
        this.copies = copies;
        observation = copies.observation();
    }

    // The body.

    @Override
    public long length() {
        return body.length();
    }

    @Override
    public void start(BodySink sink) {
        to = sink;
        // Sent again from its beginning, if this is not the first time.
        position = 0;
        body.start(this);
    }

    @Override
    public void pause() {
        body.pause();
    }

    @Override
    public void resume() {
        body.resume();
    }

    @Override
    public void discard() {
        body.discard();
    }

    private BodySink taker() {
        BodySink now = to;
        if (now == null) {
            throw new IllegalStateException("body bytes before start");
        }
        return now;
    }

    @Override
    public void data(ByteBuf chunk) {
        long end = position + chunk.readableBytes();
        if (end > copied) {
            int known = (int) Math.max(0, copied - position);
            copy(chunk, chunk.readerIndex() + known, chunk.readableBytes() - known);
            copied = end;
        }
        position = end;
        taker().data(chunk);
    }

    /** Once for all who get them, and not at all where nobody wants them any more. */
    private void copy(ByteBuf chunk, int from, int count) {
        if (observation.isOver()) {
            return;
        }
        byte[] bytes = new byte[count];
        chunk.getBytes(from, bytes);
        observation.asked(bytes);
        copies.more(bytes);
    }

    @Override
    public void flush() {
        taker().flush();
    }

    @Override
    public void end(@Nullable Head trailer) {
        observation.askedEnd();
        copies.bodyEnd();
        taker().end(trailer);
    }

    @Override
    public void failed(Failure failure) {
        taker().failed(failure);
    }

    // The call.

    @Override
    public Loop loop() {
        return call.loop();
    }

    @Override
    public Head head() {
        return call.head();
    }

    @Override
    public BodySource body() {
        return this;
    }

    @Override
    public boolean isBodyTaken() {
        return call.isBodyTaken();
    }

    @Override
    public boolean namesFields() {
        return call.namesFields();
    }

    @Override
    public boolean wantsUpgrade() {
        return call.wantsUpgrade();
    }

    @Override
    public long deadlineNanos() {
        return call.deadlineNanos();
    }

    @Override
    public boolean isImpatient() {
        return call.isImpatient();
    }

    @Override
    public boolean isRepeatable() {
        return call.isRepeatable();
    }

    @Override
    public boolean isSafe() {
        return call.isSafe();
    }

    @Override
    public RouteResult<?> match() {
        return call.match();
    }

    @Override
    public void edit(HeadEdits edits) {
        call.edit(edits);
    }

    @Override
    public void connected(long nanos) {
        call.connected(nanos);
    }

    @Override
    public void attempted(Service service, @Nullable Instance instance, int number) {
        call.attempted(service, instance, number);
    }

    @Override
    public @Nullable Peer peer() {
        return call.peer();
    }

    @Override
    public void addToAnswer(byte[] line) {
        call.addToAnswer(line);
    }
}
