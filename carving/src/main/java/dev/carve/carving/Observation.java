package dev.carve.carving;

import dev.carve.carving.guard.Side;
import dev.carve.carving.keep.KeepBounds.DifferenceBounds;
import dev.carve.carving.keep.SavedBody;
import dev.carve.http.Head;
import dev.carve.http.Loop;
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
 * <p>What waits for a worker outlives a young collection, so those that end well are used again:
 * {@link Comparisons} has the free ones.
 *
 * <p>Thread: the loop of the request until it is handed over, then one worker.
 */
final class Observation {

    /** What is kept of the request's body; a longer one can not be sent again. */
    private static final long ASKED_MAX = DifferenceBounds.DEFAULT.bodyBytes().bytes();

    private final Asked request = new Asked();
    private final Capture client = new Capture();
    private final Capture copy = new Capture();
    private @Nullable Capture secondOfOld;
    private final Copies copies = new Copies(this);

    // Null while free.
    private @Nullable Carve carve;
    private @Nullable Purpose purpose;
    private @Nullable Loop loop;

    private Side answeredBy = Side.OLD;
    private boolean hasTwin;
    private boolean pooled;
    private int open;
    private int charged;
    private boolean over;
    private @Nullable Side failedSide;
    private @Nullable Failure failure;

    // The request's body; null where there is none or it is not kept.
    private @Nullable List<byte[]> asked;
    private boolean hasBody;
    private long askedBytes;
    private boolean askedWhole;

    /**
     * A request is about to be made; an observation's worth of bytes was taken from the budget.
     *
     * @param answeredBy whose answer the first one is
     * @param hasTwin whether the old side is asked twice
     */
    void begin(Carve carve, Purpose purpose, Side answeredBy, Loop loop, boolean hasTwin) {
        this.carve = carve;
        this.purpose = purpose;
        this.answeredBy = answeredBy;
        this.loop = loop;
        this.hasTwin = hasTwin;
        open = hasTwin ? 3 : 2;
        int held = client.capacity() + copy.capacity() + beyond(request.head());
        held += secondOfOld == null ? 0 : secondOfOld.capacity();
        carve.budget().charge(held);
        charged = Budget.OBSERVATION_BYTES + held;
        over = false;
    }

    /** What a head takes beside what is counted for each. */
    private static int beyond(Head head) {
        return Math.max(0, head.fieldsEnd() - Budget.HEAD_BYTES);
    }

    /** Nobody else has it, and {@link Comparisons} may have it back. */
    void pooled() {
        pooled = true;
    }

    /**
     * Whether it may be used again. A body's bytes may still be on their way when the answers are
     * in, so that one is not.
     */
    boolean isPooled() {
        return pooled && !hasBody;
    }

    /** Free for another request. */
    void clear() {
        carve = null;
        purpose = null;
        loop = null;
        pooled = false;
        request.clear();
        client.clear();
        copy.clear();
        if (secondOfOld != null) {
            secondOfOld.clear();
        }
        copies.clear();
        failedSide = null;
        failure = null;
    }

    private static <T> T begun(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("an observation that has not begun");
        }
        return part;
    }

    /** What the mirrored request sends beside itself. */
    Copies copies() {
        return copies;
    }

    Purpose purpose() {
        return begun(purpose);
    }

    Loop loop() {
        return begun(loop);
    }

    Capture client() {
        return client;
    }

    Capture copy() {
        return copy;
    }

    /** The second answer of the old side, where it was asked twice. */
    @Nullable Capture twin() {
        return hasTwin ? secondOfOld() : null;
    }

    /** Where a second answer of the old side goes; made when it is first asked for. */
    Capture secondOfOld() {
        Capture made = secondOfOld;
        if (made == null) {
            made = new Capture();
            secondOfOld = made;
        }
        return made;
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
        if (askedBytes + more.length > ASKED_MAX || !carve().budget().takeBytes(more.length)) {
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

    /** The head of an answer. */
    void head(Capture of, Head head) {
        if (over) {
            return;
        }
        int held = beyond(head);
        if (carve().budget().takeBytes(held)) {
            charged += held;
            of.head(head);
        } else {
            giveUp(Skip.MEMORY);
        }
    }

    /** More of an answer; the buffer stays as it is. */
    void data(Capture of, ByteBuf chunk) {
        if (over) {
            return;
        }
        int more = chunk.readableBytes();
        Budget budget = carve().budget();
        if (of.length() + (long) more > budget.bounds().answer().bytes()) {
            giveUp(Skip.TOO_LARGE);
            return;
        }
        int growth = of.capacityFor(more) - of.capacity();
        if (budget.takeBytes(growth)) {
            charged += growth;
            of.data(chunk);
        } else {
            giveUp(Skip.MEMORY);
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
            Comparisons to = carve().comparisons();
            int number = loop().number();
            if (!to.offer(number, this)) {
                release();
                purpose().gaveUp(this, Skip.BEHIND);
                to.unused(number, this);
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
        copies.stop();
        purpose().gaveUp(this, why);
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
        carve().budget().giveBytes(charged);
        charged = 0;
    }

    // For the worker.

    Carve carve() {
        return begun(carve);
    }

    Asked request() {
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
