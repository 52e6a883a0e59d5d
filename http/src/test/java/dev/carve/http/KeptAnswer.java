package dev.carve.http;

import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an upstream's answer; tests extend it to be slow in one way each.
 *
 * <p>Threads: told by the loop; the futures are for any.
 */
class KeptAnswer implements ResponseSink {

    /** The body once it is complete; behind a bar the failure's kind if there was one. */
    final CompletableFuture<String> text = new CompletableFuture<>();

    final CompletableFuture<Failure> failure = new CompletableFuture<>();
    final CompletableFuture<Integer> status = new CompletableFuture<>();

    /** For tests that complete it when they send. */
    final CompletableFuture<UpstreamCall> call = new CompletableFuture<>();

    // Event loop only.
    private final StringBuilder bytes = new StringBuilder();
    @Nullable BodySource source;

    /** Set by tests that need it. */
    @Nullable Loop loop;

    @Override
    public void informational(Head head) {}

    @Override
    public void head(ResponseHead head) {
        source = head.source();
        status.complete(head.head().status());
    }

    @Override
    public void halfClosed() {}

    @Override
    public void data(ByteBuf chunk) {
        bytes.append(chunk.toString(StandardCharsets.ISO_8859_1));
        chunk.release();
    }

    @Override
    public void flush() {}

    @Override
    public void end(@Nullable Head trailer) {
        text.complete(bytes.toString());
    }

    @Override
    public void failed(Failure why) {
        failure.complete(why);
        text.complete(bytes + "|" + why.kind());
    }
}
