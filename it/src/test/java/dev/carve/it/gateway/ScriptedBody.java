package dev.carve.it.gateway;

import dev.carve.http.BodySink;
import dev.carve.http.BodySource;
import dev.carve.http.Loop;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A body whose parts are pushed one by one as its sink takes them. One event loop. */
final class ScriptedBody implements BodySource {

    private final Loop loop;
    private final List<String> parts;
    private @Nullable BodySink sink;
    private int next;
    private boolean paused;

    ScriptedBody(Loop loop, String... parts) {
        this.loop = loop;
        this.parts = List.of(parts);
    }

    /** How many bytes all parts have. */
    long bytes() {
        return parts.stream().mapToLong(String::length).sum();
    }

    @Override
    public long length() {
        return -1;
    }

    @Override
    public void start(BodySink sink) {
        this.sink = sink;
        push();
    }

    private void push() {
        BodySink to = sink;
        while (to != null && !paused && next <= parts.size()) {
            if (next == parts.size()) {
                next++;
                to.end(null);
                return;
            }
            byte[] bytes = parts.get(next++).getBytes(StandardCharsets.ISO_8859_1);
            to.data(loop.allocator().directBuffer(bytes.length).writeBytes(bytes));
            to.flush();
        }
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
        sink = null;
    }
}
