package dev.carve.carving;

import dev.carve.carving.guard.Side;
import dev.carve.http.Head;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request and what the sides answered to it: the client's own answer, that of the copy at the
 * other side, and for some that of a twin at the old side. Handed to the workers when all are in,
 * given up when one of them can not be had; the first reason counts.
 *
 * <p>Thread: the loop of the request until it is handed over, then one worker.
 */
final class Observation {

    private final Carve carve;
    private final Head request;
    private final Side answeredBy;
    private final int loop;
    private final Capture client;
    private final Capture copy;
    private final @Nullable Capture twin;

    private int open;
    private int charged = Budget.OBSERVATION_BYTES;
    private boolean over;
    private @Nullable Copy copyCall;
    private @Nullable Copy twinCall;

    /**
     * @param request a copy of the head that belongs to this observation
     * @param twin whether the old side is asked twice
     */
    Observation(Carve carve, Head request, Side answeredBy, int loop, boolean twin) {
        this.carve = carve;
        this.request = request;
        this.answeredBy = answeredBy;
        this.loop = loop;
        client = carve.comparisons().capture(loop);
        copy = carve.comparisons().capture(loop);
        this.twin = twin ? carve.comparisons().capture(loop) : null;
        open = twin ? 3 : 2;
    }

    /** Who must hear of it when this is given up. */
    void copies(Copy copyCall, @Nullable Copy twinCall) {
        this.copyCall = copyCall;
        this.twinCall = twinCall;
    }

    Capture client() {
        return client;
    }

    Capture copy() {
        return copy;
    }

    @Nullable Capture twin() {
        return twin;
    }

    /** All of them. The worker that is done with this gives them back. */
    List<Capture> captures() {
        return twin == null ? List.of(client, copy) : List.of(client, copy, twin);
    }

    boolean isOver() {
        return over;
    }

    /** More of an answer; the buffer stays as it is. */
    void data(Capture of, ByteBuf chunk) {
        if (over) {
            return;
        }
        int more = chunk.readableBytes();
        Budget budget = carve.budget();
        if (of.length() + (long) more > budget.bounds().answer().bytes()) {
            giveUp(Skip.TOO_LARGE);
        } else if (!budget.takeBytes(more)) {
            giveUp(Skip.MEMORY);
        } else {
            charged += more;
            of.data(chunk);
        }
    }

    /** An answer is complete. */
    void complete(Capture of) {
        if (over || of.isComplete()) {
            return;
        }
        of.complete();
        open--;
        if (open == 0) {
            over = true;
            if (!carve.comparisons().offer(loop, this)) {
                carve.counts().on(loop).skipped(Skip.BEHIND);
                release();
                carve.comparisons().unused(loop, this);
            }
        }
    }

    /** It will never be whole: copies under way are ended, what is held is given back. */
    void giveUp(Skip why) {
        if (over) {
            return;
        }
        over = true;
        carve.counts().on(loop).skipped(why);
        release();
        Copy first = copyCall;
        Copy second = twinCall;
        if (first != null) {
            first.stop();
        }
        if (second != null) {
            second.stop();
        }
    }

    /** Gives back what it holds; whoever ends it does so once. */
    void release() {
        carve.budget().giveBytes(charged);
        charged = 0;
    }

    // For the worker.

    Carve carve() {
        return carve;
    }

    Head request() {
        return request;
    }

    /** The old side's answer. */
    Capture oldAnswer() {
        return answeredBy == Side.OLD ? client : copy;
    }

    Capture newAnswer() {
        return answeredBy == Side.OLD ? copy : client;
    }
}
