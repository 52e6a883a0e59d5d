package dev.carve.carving;

import dev.carve.carving.guard.Side;
import dev.carve.carving.keep.KeepBounds.DifferenceBounds;
import dev.carve.carving.keep.SavedBody;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
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

    /** What is kept of the request's body; a longer one can not be sent again. */
    private static final long ASKED_MAX = DifferenceBounds.DEFAULT.bodyBytes().bytes();

    private final Carve carve;
    private final Purpose purpose;
    private final Copy.Request request;
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
    private @Nullable Side failedSide;
    private @Nullable Failure failure;

    // The request's body; null where there is none or it is not kept.
    private @Nullable List<byte[]> asked;
    private boolean hasBody;
    private long askedBytes;
    private boolean askedWhole;

    /**
     * @param request what is asked
     * @param answeredBy whose answer the first one is
     * @param twin whether the old side is asked twice
     */
    Observation(
            Carve carve,
            Purpose purpose,
            Copy.Request request,
            Side answeredBy,
            int loop,
            boolean twin) {
        this.carve = carve;
        this.purpose = purpose;
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

    Purpose purpose() {
        return purpose;
    }

    int loop() {
        return loop;
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

    // The request's body.

    /**
     * There is one.
     *
     * @param kept whether it is worth keeping
     */
    void expectBody(boolean kept) {
        hasBody = true;
        asked = kept ? new ArrayList<>() : null;
    }

    /** More of it, bytes that nobody changes any more. */
    void asked(byte[] more) {
        List<byte[]> kept = asked;
        if (over || kept == null) {
            return;
        }
        if (askedBytes + more.length > ASKED_MAX || !carve.budget().takeBytes(more.length)) {
            asked = null;
            return;
        }
        charged += more.length;
        askedBytes += more.length;
        kept.add(more);
    }

    void askedEnd() {
        if (!over) {
            askedWhole = true;
        }
    }

    /** All of it, or that it was not kept. */
    SavedBody requestBody() {
        List<byte[]> kept = asked;
        if (!hasBody) {
            return SavedBody.EMPTY;
        }
        if (kept == null || !askedWhole) {
            return SavedBody.NOT_KEPT;
        }
        byte[] whole = new byte[(int) askedBytes];
        int at = 0;
        for (byte[] each : kept) {
            System.arraycopy(each, 0, whole, at, each.length);
            at += each.length;
        }
        return SavedBody.of(whole);
    }

    // The answers.

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

    /**
     * The client has its answer. Where that came before the request's body was taken to its end,
     * copies would wait for the rest in vain.
     */
    void clientDone() {
        if (hasBody && !askedWhole) {
            giveUp(Skip.BODY_CUT);
        } else {
            complete(client);
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
                release();
                purpose.gaveUp(this, Skip.BEHIND);
                carve.comparisons().unused(loop, this);
            }
        }
    }

    /** A copy failed. */
    void copyFailed(Side side, Failure why) {
        if (!over) {
            failedSide = side;
            failure = why;
            giveUp(Skip.COPY_FAILED);
        }
    }

    /** It will never be whole: copies under way are ended, what is held is given back. */
    void giveUp(Skip why) {
        if (over) {
            return;
        }
        over = true;
        release();
        Copy first = copyCall;
        Copy second = twinCall;
        if (first != null) {
            first.stop();
        }
        if (second != null) {
            second.stop();
        }
        purpose.gaveUp(this, why);
    }

    /** Which side failed, null if none did. */
    @Nullable Side failedSide() {
        return failedSide;
    }

    @Nullable Failure failure() {
        return failure;
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

    Copy.Request request() {
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
