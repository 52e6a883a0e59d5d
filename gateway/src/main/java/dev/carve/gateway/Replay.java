package dev.carve.gateway;

import dev.carve.http.BodySink;
import dev.carve.http.BodySource;
import dev.carve.http.Head;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request's body that can be sent again: it keeps what has gone by, as slices of the loop's own
 * buffers, until there is more than it may keep or an answer is committed. A second {@link #start}
 * sends what was kept and goes on with what comes.
 *
 * <p>Implementation note: what an attempt that failed was still sent is kept like the rest, so
 * nobody has to be told when an attempt is over.
 *
 * <p>Thread: the loop of its exchange. Reused through {@link #begin} and {@link #clear}.
 */
final class Replay implements BodySource, BodySink {

    private final LoopState loop;
    private final List<ByteBuf> kept = new ArrayList<>();

    // Null while free.
    private @Nullable BodySource source;
    private @Nullable BodySink to;
    private @Nullable Head trailer;
    private long max;
    private long keptBytes;
    private int sent;
    private boolean started;
    private boolean keeping;
    private boolean sending;
    private boolean ended;
    private boolean paused;
    private boolean unwanted;

    Replay(LoopState loop) {
        this.loop = loop;
    }

    /**
     * @param max how many bytes may be kept
     */
    void begin(BodySource source, long max) {
        this.source = source;
        this.max = max;
        keeping = true;
    }

    /** Lets go of everything. */
    void clear() {
        drop();
        source = null;
        to = null;
        trailer = null;
        sent = 0;
        started = false;
        sending = false;
        ended = false;
        paused = false;
        unwanted = false;
    }

    private void drop() {
        keeping = false;
        for (ByteBuf each : kept) {
            each.release();
        }
        kept.clear();
        loop.giveReplay(keptBytes);
        keptBytes = 0;
        sent = 0;
    }

    /** Whether it can be sent from its beginning. */
    boolean isWhole() {
        return keeping || !started;
    }

    /** An answer is committed: it will not be sent again. */
    void commit() {
        if (!sending) {
            drop();
        } else {
            keeping = false;
        }
        BodySource from = source;
        if (unwanted && from != null) {
            from.discard();
        }
    }

    private BodySource from() {
        BodySource now = source;
        if (now == null) {
            throw new IllegalStateException("no body under way");
        }
        return now;
    }

    // As the source of an attempt.

    @Override
    public long length() {
        return from().length();
    }

    @Override
    public void start(BodySink sink) {
        to = sink;
        paused = false;
        unwanted = false;
        if (!started) {
            started = true;
            from().start(this);
            return;
        }
        if (!keeping) {
            throw new IllegalStateException("a body that was not kept is sent again");
        }
        sent = 0;
        sending = true;
        push();
    }

    /** Sends what was kept, as far as the sink takes it. */
    private void push() {
        BodySink sink = to;
        while (sink != null && sending && !paused && sent < kept.size()) {
            sink.data(kept.get(sent++).retainedDuplicate());
        }
        if (sink == null || !sending || sent < kept.size()) {
            return;
        }
        sending = false;
        if (!keeping || keptBytes > max) {
            drop();
        }
        sink.flush();
        if (ended) {
            sink.end(trailer);
        } else if (!paused) {
            from().resume();
        }
    }

    @Override
    public void pause() {
        paused = true;
        from().pause();
    }

    @Override
    public void resume() {
        paused = false;
        if (sending) {
            push();
        } else if (source != null) {
            from().resume();
        }
    }

    /** Another attempt may want it yet. */
    @Override
    public void discard() {
        if (keeping) {
            unwanted = true;
            from().pause();
        } else if (source != null) {
            from().discard();
        }
    }

    // As the sink of the client's body.

    @Override
    public void data(ByteBuf chunk) {
        int count = chunk.readableBytes();
        if (sending) {
            // Goes out behind what is being sent again, whatever the bounds: it is one read at
            // most.
            loop.addReplay(count);
            keep(chunk, count);
        } else if (keeping && keptBytes + count <= max && loop.takeReplay(count)) {
            keep(chunk, count);
        } else if (keeping) {
            drop();
        }
        BodySink sink = to;
        if (sink == null || sending) {
            chunk.release();
        } else {
            sink.data(chunk);
        }
    }

    private void keep(ByteBuf chunk, int count) {
        keptBytes += count;
        kept.add(chunk.retainedDuplicate());
    }

    @Override
    public void flush() {
        if (to != null && !sending) {
            to.flush();
        }
    }

    @Override
    public void end(@Nullable Head trailer) {
        ended = true;
        if (trailer != null && keeping) {
            Head copy = new Head();
            copy.copyFrom(trailer);
            this.trailer = copy;
        }
        if (to != null && !sending) {
            to.end(trailer);
        }
    }

    @Override
    public void failed(Failure failure) {
        if (to != null) {
            to.failed(failure);
        }
    }
}
