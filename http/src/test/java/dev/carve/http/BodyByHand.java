package dev.carve.http;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** A body whose bytes come when the test says so. */
final class BodyByHand implements BodySource {

    private final CompletableFuture<BodySink> sink = new CompletableFuture<>();
    private final long length;

    BodyByHand(long length) {
        this.length = length;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public void start(BodySink to) {
        sink.complete(to);
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public void discard() {}

    void push(TurnedLoop loop, String text) {
        loop.on(() -> {
            loop.loop().tick();
            sink.join().data(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
            sink.join().flush();
            return text;
        });
    }

    void end(TurnedLoop loop) {
        loop.on(() -> {
            loop.loop().tick();
            sink.join().end(null);
            return sink;
        });
    }
}
