package dev.carve.it.gateway;

import dev.carve.http.Head;
import dev.carve.http.ResponseHead;
import dev.carve.http.ResponseSink;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A sink that keeps an answer for a test instead of committing it to a client. One event loop. */
final class KeptAnswer implements ResponseSink {

    private final CompletableFuture<String> whole = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();

    /** Status and body, or the failure's kind. */
    CompletableFuture<String> whole() {
        return whole;
    }

    @Override
    public void informational(Head head) {}

    @Override
    public void head(ResponseHead head) {
        text.append(head.head().status()).append(' ');
    }

    @Override
    public void data(ByteBuf chunk) {
        text.append(chunk.toString(StandardCharsets.ISO_8859_1));
        chunk.release();
    }

    @Override
    public void flush() {}

    @Override
    public void end(@Nullable Head trailer) {
        whole.complete(text.toString());
    }

    @Override
    public void failed(Failure failure) {
        whole.complete(failure.kind().toString());
    }

    @Override
    public void halfClosed() {
        throw new IllegalStateException("no tunnel was asked for");
    }
}
