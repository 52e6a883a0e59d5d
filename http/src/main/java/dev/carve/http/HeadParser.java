package dev.carve.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Indexes an HTTP/1 head where it lies in the arena of a {@link Head} (RFC 9112 sections 2 to 5),
 * strictly: what two readers could read differently is an error, never repaired. The one exception
 * is an obsolete fold in a response, which becomes spaces (section 5.2).
 *
 * <p>The caller appends bytes to the arena and calls again; a parse goes on where it stopped, so
 * that a head arriving byte by byte costs time linear in its length. One parser serves all heads of
 * an event loop: it keeps nothing but the last problem.
 *
 * <p>Thread: one event loop.
 */
final class HeadParser {

    /** The head is not complete yet. */
    static final int MORE = -1;

    /** The head is refused; see {@link #problem}. */
    static final int BAD = -2;

    private static final int NO_LINE_YET = -3;

    /** A head seldom is longer: what follows it, a body mostly, is not copied in vain. */
    private static final int FEED_BYTES = 2048;

    private enum Part {
        REQUEST,
        RESPONSE,
        TRAILER
    }

    private @Nullable Malformed problem;

    /** Why the last call answered {@link #BAD}. */
    Malformed problem() {
        return problem == null ? Malformed.START_LINE : problem;
    }

    /**
     * Appends the next bytes of a connection to the arena, no more than a head may have; how many.
     * They stay unread, since some may lie behind the head's end.
     */
    static int feed(Head head, ByteBuf in, HeadLimits limits) {
        int room = Math.max(1, limits.headBytes() + 2 - head.length);
        int count = Math.min(Math.min(in.readableBytes(), FEED_BYTES), room);
        head.reserve(count);
        DirectBytes.get(in, head.bytes, head.length, count);
        head.length += count;
        return count;
    }

    /** Where the head's empty line ends in the arena, {@link #MORE} or {@link #BAD}. */
    int request(Head head, HeadLimits limits) {
        return parse(head, limits, Part.REQUEST);
    }

    /** The same for a status line and its fields. */
    int response(Head head, HeadLimits limits) {
        return parse(head, limits, Part.RESPONSE);
    }

    /** The same for a trailer section, which has no start line. */
    int trailer(Head head, HeadLimits limits) {
        return parse(head, limits, Part.TRAILER);
    }

    private int parse(Head head, HeadLimits limits, Part part) {
        int result = lines(head, limits, part);
        if (result == MORE && head.length >= limits.headBytes()) {
            return bad(
                    head.fieldsStart == 0 && part == Part.REQUEST
                            ? Malformed.TARGET_TOO_LONG
                            : Malformed.HEAD_TOO_LARGE);
        }
        if (result > limits.headBytes()) {
            return bad(Malformed.HEAD_TOO_LARGE);
        }
        return result;
    }

    private int lines(Head head, HeadLimits limits, Part part) {
        byte[] bytes = head.bytes;
        int length = head.length;
        if (head.scanned > head.lineStart && !hasLineFeed(bytes, head.scanned, length)) {
            head.scanned = length;
            return MORE;
        }
        if (head.fieldsStart == 0 && part != Part.TRAILER) {
            int next =
                    part == Part.REQUEST
                            ? requestLine(head, bytes, length, limits)
                            : statusLine(head, bytes, length);
            if (next < 0) {
                head.scanned = length;
                return next;
            }
            head.fieldsStart = next;
            head.lineStart = next;
        }
        int at = head.lineStart;
        while (true) {
            if (at + 1 < length && bytes[at] == '\r' && bytes[at + 1] == '\n') {
                head.length = at;
                return at + 2;
            }
            int next = at < length ? fieldLine(head, bytes, at, length, part) : NO_LINE_YET;
            if (next == NO_LINE_YET) {
                head.lineStart = at;
                head.scanned = length;
                return MORE;
            }
            if (next < 0) {
                return next;
            }
            if (head.fields() > limits.fields()) {
                return bad(Malformed.TOO_MANY_FIELDS);
            }
            at = next;
        }
    }

    private static boolean hasLineFeed(byte[] bytes, int from, int length) {
        for (int i = from; i < length; i++) {
            if (bytes[i] == '\n') {
                return true;
            }
        }
        return false;
    }

    /** RFC 9112 section 3: method SP request-target SP HTTP-version CRLF. */
    private int requestLine(Head head, byte[] bytes, int length, HeadLimits limits) {
        int at = 0;
        while (at < length && Ascii.isToken(bytes[at])) {
            at++;
        }
        if (at == length) {
            return MORE;
        }
        if (at == 0 || bytes[at] != ' ') {
            return bad(Malformed.METHOD);
        }
        int methodEnd = at;
        int targetStart = ++at;
        while (at < length && Ascii.isTarget(bytes[at])) {
            at++;
        }
        if (at - targetStart > limits.targetBytes()) {
            return bad(Malformed.TARGET_TOO_LONG);
        }
        if (at == length) {
            return MORE;
        }
        if (at == targetStart || bytes[at] != ' ') {
            return bad(bytes[at] == '\r' ? Malformed.START_LINE : Malformed.TARGET);
        }
        int targetEnd = at++;
        int minor = version(bytes, at, length);
        if (minor < 0) {
            return minor;
        }
        int end = lineEnd(bytes, at + 8, length);
        if (end > 0) {
            head.requestLine(methodEnd, targetStart, targetEnd, minor);
        }
        return end;
    }

    /**
     * RFC 9112 section 4: HTTP-version SP status-code SP [reason-phrase] CRLF; SP may be absent.
     */
    private int statusLine(Head head, byte[] bytes, int length) {
        int minor = version(bytes, 0, length);
        if (minor < 0) {
            return minor;
        }
        if (length < 13) {
            return MORE;
        }
        int status = 0;
        for (int i = 9; i < 12; i++) {
            if (!Ascii.isDigit(bytes[i])) {
                return bad(Malformed.STATUS);
            }
            status = status * 10 + bytes[i] - '0';
        }
        if (bytes[8] != ' ' || status < 100 || (bytes[12] != ' ' && bytes[12] != '\r')) {
            return bad(Malformed.STATUS);
        }
        int at = bytes[12] == ' ' ? 13 : 12;
        int reason = at;
        while (at < length && Ascii.isValue(bytes[at])) {
            at++;
        }
        int end = lineEnd(bytes, at, length);
        if (end > 0) {
            head.statusLine(status, reason, at, minor);
        }
        return end;
    }

    /** The minor version of {@code HTTP/1.x} at {@code at}. */
    private int version(byte[] bytes, int at, int length) {
        if (length < at + 8) {
            return MORE;
        }
        if (bytes[at] != 'H'
                || bytes[at + 1] != 'T'
                || bytes[at + 2] != 'T'
                || bytes[at + 3] != 'P'
                || bytes[at + 4] != '/'
                || !Ascii.isDigit(bytes[at + 5])
                || bytes[at + 6] != '.'
                || !Ascii.isDigit(bytes[at + 7])) {
            return bad(Malformed.START_LINE);
        }
        int minor = bytes[at + 7] - '0';
        return bytes[at + 5] == '1' && minor <= 1 ? minor : bad(Malformed.VERSION);
    }

    private int lineEnd(byte[] bytes, int at, int length) {
        if (at >= length || (at + 1 == length && bytes[at] == '\r')) {
            return MORE;
        }
        return bytes[at] == '\r' && bytes[at + 1] == '\n'
                ? at + 2
                : bad(
                        bytes[at] == '\r' || bytes[at] == '\n'
                                ? Malformed.BARE_CR_OR_LF
                                : Malformed.START_LINE);
    }

    /** RFC 9112 section 5: field-name ":" OWS field-value OWS CRLF. */
    private int fieldLine(Head head, byte[] bytes, int start, int length, Part part) {
        int at = start;
        if (bytes[at] == ' ' || bytes[at] == '\t') {
            return foldedLine(head, bytes, start, length, part);
        }
        while (at < length && Ascii.isToken(bytes[at])) {
            at++;
        }
        if (at == length) {
            return NO_LINE_YET;
        }
        if (at == start || bytes[at] != ':') {
            if (at == start && bytes[at] == '\r') {
                return at + 1 == length ? NO_LINE_YET : bad(Malformed.BARE_CR_OR_LF);
            }
            return bad(bytes[at] == '\n' ? Malformed.BARE_CR_OR_LF : Malformed.FIELD_NAME);
        }
        int nameEnd = at++;
        while (at < length && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
        int valueStart = at;
        while (at < length && Ascii.isValue(bytes[at])) {
            at++;
        }
        int end = valueLineEnd(bytes, at, length);
        if (end > 0) {
            head.index(start, nameEnd, valueStart, head.trimSpace(valueStart, at));
        }
        return end;
    }

    private int valueLineEnd(byte[] bytes, int at, int length) {
        if (at == length || (at + 1 == length && bytes[at] == '\r')) {
            return NO_LINE_YET;
        }
        if (bytes[at] == '\r' && bytes[at + 1] == '\n') {
            return at + 2;
        }
        return bad(
                bytes[at] == '\r' || bytes[at] == '\n'
                        ? Malformed.BARE_CR_OR_LF
                        : Malformed.FIELD_VALUE);
    }

    /**
     * RFC 9112 section 5.2: refused in a request; in a response line end and space become spaces.
     */
    private int foldedLine(Head head, byte[] bytes, int start, int length, Part part) {
        if (part != Part.RESPONSE || head.fields() == 0) {
            return bad(
                    head.fields() == 0 && part == Part.RESPONSE
                            ? Malformed.FIELD_NAME
                            : Malformed.FOLDED_FIELD);
        }
        int at = start;
        while (at < length && Ascii.isValue(bytes[at])) {
            at++;
        }
        int end = valueLineEnd(bytes, at, length);
        if (end > 0) {
            bytes[start - 2] = ' ';
            bytes[start - 1] = ' ';
            head.extendLast(at);
        }
        return end;
    }

    private int bad(Malformed problem) {
        this.problem = problem;
        return BAD;
    }
}
