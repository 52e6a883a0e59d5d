package dev.carve.it.gateway;

import dev.carve.http.BodySource;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import dev.carve.http.Loop;
import dev.carve.http.Peer;
import dev.carve.http.ResponseHead;
import dev.carve.http.ServerStream;
import dev.carve.http.StreamListener;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The client's side of an exchange with no client: a head, scripted parts, a kept answer. */
final class FakeStream implements ServerStream {

    /**
     * What the client would have got.
     *
     * @param head status line and fields as the call gave them, before edits
     * @param body all bytes
     */
    record Answer(int status, String head, String body) {}

    private final Loop loop;
    private final Head head;
    private final @Nullable ScriptedBody body;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final CompletableFuture<Void> released = new CompletableFuture<>();

    // Event loop only.
    private int status;
    private String answerHead = "";
    private @Nullable StreamListener listener;

    FakeStream(Loop loop, Head head, String... parts) {
        this.loop = loop;
        this.head = head;
        this.body = parts.length == 0 ? null : new ScriptedBody(loop, parts);
    }

    /** Completed with the end of the answer. */
    CompletableFuture<Answer> answer() {
        return answer;
    }

    /** Completed when the handler is done with it. */
    CompletableFuture<Void> released() {
        return released;
    }

    /** The client goes away. Event loop only. */
    void abandon() {
        StreamListener told = listener;
        listener = null;
        if (told != null) {
            told.clientFailed(Failure.of(Failure.Kind.CLIENT_ABORTED, "by the test"));
        }
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public Head head() {
        return head;
    }

    @Override
    public @Nullable BodySource body() {
        return body;
    }

    @Override
    public boolean wantsUpgrade() {
        return false;
    }

    @Override
    public boolean namesFields() {
        return false;
    }

    @Override
    public Peer peer() {
        return new Peer(InetAddress.getLoopbackAddress(), 1, 2, false);
    }

    @Override
    public void listen(StreamListener listener) {
        this.listener = listener;
    }

    @Override
    public void limitBody(long bytes) {}

    @Override
    public void informational(Head head) {}

    @Override
    public void respond(ResponseHead response, HeadEdits edits) {
        status = response.head().status();
        answerHead = response.head().toString();
    }

    @Override
    public boolean isCommitted() {
        return status > 0;
    }

    @Override
    public void data(ByteBuf chunk) {
        byte[] bytes = new byte[chunk.readableBytes()];
        chunk.readBytes(bytes);
        chunk.release();
        received.writeBytes(bytes);
    }

    @Override
    public void flush() {}

    @Override
    public void end(@Nullable Head trailer) {
        answer.complete(
                new Answer(status, answerHead, received.toString(StandardCharsets.ISO_8859_1)));
    }

    @Override
    public void abort(Failure why) {
        answer.completeExceptionally(new AssertionError("aborted: " + why));
    }

    @Override
    public void closeAfterwards() {}

    @Override
    public long bytesReceived() {
        return 0;
    }

    @Override
    public long bytesSent() {
        return received.size();
    }

    @Override
    public void release() {
        if (!released.complete(null)) {
            answer.obtrudeException(new AssertionError("released twice"));
        }
    }

    @Override
    public void shutOutput() {
        throw new IllegalStateException("no tunnel was asked for");
    }
}
