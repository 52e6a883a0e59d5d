package dev.carve.http;

import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call at an upstream and what became of it: the body as text, and the failure if there was
 * one. The loop's thread, but for what waits.
 */
class OneCall implements UpstreamRequest, ResponseSink {

    private final Head head;
    private final HeadEdits edits = new HeadEdits();
    private final @Nullable BodySource body;
    private final boolean upgrade;
    private final CompletableFuture<OneCall> over = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();

    volatile @Nullable Failure failure;
    volatile @Nullable UpstreamCall call;
    volatile long bytes;
    volatile boolean halfClosed;

    /** Read once it is over. */
    int timesSent;

    boolean keepsText = true;

    OneCall(Head head, @Nullable BodySource body, boolean upgrade) {
        this.head = head;
        this.body = body;
        this.upgrade = upgrade;
    }

    static OneCall get() {
        return new OneCall(new Head().startRequest("GET", "/").add("Host", "h"), null, false);
    }

    /** Sends it on this loop. */
    OneCall on(Loop loop, Upstream upstream) {
        loop.execute(() -> {
            loop.tick();
            UpstreamCall made = upstream.call(loop, false);
            if (made != null) {
                call = made;
                made.send(this, this);
            }
        });
        return this;
    }

    /** Waits until it is over. */
    OneCall await() throws Exception {
        return over.get(20, TimeUnit.SECONDS);
    }

    String text() {
        return text.toString();
    }

    /** The kind of its failure, else its text. */
    String outcome() {
        Failure why = failure;
        return why == null ? text() : why.kind().code();
    }

    /** Why it failed, for people. */
    String detail() {
        Failure why = failure;
        return why == null ? "" : why.detail();
    }

    boolean isRetrySafe() {
        Failure why = failure;
        return why != null && why.retrySafe();
    }

    @Override
    public Head head() {
        return head;
    }

    @Override
    public HeadEdits edits() {
        return edits;
    }

    @Override
    public @Nullable BodySource body() {
        return body;
    }

    @Override
    public boolean namesFields() {
        return false;
    }

    @Override
    public boolean wantsUpgrade() {
        return upgrade;
    }

    @Override
    public long deadlineNanos() {
        return Long.MAX_VALUE;
    }

    @Override
    public long responseTimeoutNanos() {
        return 0;
    }

    @Override
    public void sent() {
        timesSent++;
    }

    @Override
    public void informational(Head head) {}

    @Override
    public void head(ResponseHead head) {}

    @Override
    public void halfClosed() {
        halfClosed = true;
    }

    // One loop writes.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    @Override
    public void data(ByteBuf chunk) {
        bytes += chunk.readableBytes();
        if (keepsText) {
            text.append(chunk.toString(StandardCharsets.ISO_8859_1));
        }
        chunk.release();
    }

    @Override
    public void flush() {}

    @Override
    public void end(@Nullable Head trailer) {
        over.complete(this);
    }

    @Override
    public void failed(Failure failure) {
        this.failure = failure;
        over.complete(this);
    }
}
