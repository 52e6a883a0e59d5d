package dev.carve.gateway;

import dev.carve.gateway.log.LineBuffer;
import dev.carve.http.Ascii;
import dev.carve.http.Field;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import dev.carve.http.Loop;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The id that ties the log lines of one exchange together: the client's own if it sent a usable
 * one, else 128 bits of the process's and of a counter. Reused by its exchange.
 */
final class RequestId {

    private static final int LENGTH_MAX = 128;

    private @Nullable Head head;
    private int number;
    private long high;
    private long low;

    /** Where new ids come from: unique within the process by loop and counter. */
    record Source(long seed) {

        long high() {
            return seed;
        }

        /** A bijection (Steele, Lea and Flood, 2014), so that ids differ in all their digits. */
        static long mix(long value) {
            long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
            z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
            return z ^ z >>> 31;
        }
    }

    void choose(Head request, Source source, Loop loop) {
        make(source, loop); // A trace that begins here needs bits of its own in any case.
        int given = request.find(Field.X_REQUEST_ID);
        if (given != Head.NONE && isUsable(request, given)) {
            head = request;
            number = given;
        }
    }

    /** A new one, whatever the client sent. */
    void make(Source source, Loop loop) {
        head = null;
        high = source.high();
        low = Source.mix(source.seed() + LoopState.of(loop).nextId());
    }

    private static boolean isUsable(Head request, int number) {
        int from = request.valueStart(number);
        int to = request.valueEnd(number);
        if (from == to || to - from > LENGTH_MAX || request.isRepeated(Field.X_REQUEST_ID)) {
            return false;
        }
        for (int i = from; i < to; i++) {
            byte b = request.bytes()[i];
            if (b <= 0x20 || b == '"' || b == '\\' || b == '<' || b == '>') {
                return false;
            }
        }
        return true;
    }

    /** Whether the client sent it, so that it need not be added. */
    boolean isGiven() {
        return head != null;
    }

    void appendTo(HeadEdits edits) {
        edits.appendHex(high).appendHex(low);
    }

    /** A trace of the same 128 bits, begun here: trace id, span id, sampled (W3C Trace Context). */
    void appendTrace(HeadEdits edits) {
        edits.appendHex(high).appendHex(low).append("-");
        edits.appendHex(Source.mix(low) | 1).append("-01");
    }

    void writeTo(LineBuffer out) {
        Head from = head;
        if (from != null) {
            out.addEscaped(from.bytes(), from.valueStart(number), from.valueEnd(number));
        } else {
            out.addHex(high).addHex(low);
        }
    }

    /** Made at need: only failures and logs want text. */
    String text() {
        Head from = head;
        if (from != null) {
            return Ascii.text(from.bytes(), from.valueStart(number), from.valueEnd(number));
        }
        HexFormat digits = HexFormat.of();
        return digits.toHexDigits(high) + digits.toHexDigits(low);
    }
}
