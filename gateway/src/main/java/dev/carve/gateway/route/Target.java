package dev.carve.gateway.route;

import dev.carve.http.Ascii;
import dev.carve.http.Field;
import dev.carve.http.Head;

/**
 * Where host, path and query of a request stand in its head (RFC 9112 section 3.2). Origin form has
 * the host in its field, absolute form in the target. {@code *} and an absolute form without path
 * count as the path {@code /}, so that {@code OPTIONS *} reaches the route that takes everything
 * else; the bytes sent on stay what they were. Authority form (CONNECT) has no path and no route.
 *
 * <p>Thread: the owner of the result it belongs to.
 */
final class Target {

    private static final byte PLAIN = 0;
    private static final byte QUERY = 1;
    private static final byte DOT = 2;
    private static final byte ODD = 3;
    private static final byte[] CLASSES = new byte[256];

    static {
        CLASSES['?'] = QUERY;
        CLASSES['.'] = DOT;
        for (int odd : new int[] {0, '%', '\\', '#', 0xC0, 0xC1, 0xE0}) {
            CLASSES[odd] = ODD;
        }
    }

    int hostStart;
    int hostEnd;
    int pathStart;
    int pathEnd;
    int queryStart;
    int queryEnd;

    /** Whether the path has but one reading: no escape, no dot segment, nothing odd. */
    boolean plain;

    /** Whether the target names something that routes can match. */
    boolean hasPath;

    void read(Head head) {
        byte[] bytes = head.bytes();
        int from = head.targetStart();
        int to = head.targetEnd();
        hasPath = true;
        int authority = from < to && bytes[from] == '/' ? -1 : authority(bytes, from, to);
        if (authority >= 0) {
            int end = authorityEnd(bytes, authority, to);
            host(bytes, afterUserInfo(bytes, authority, end), end);
            path(bytes, end, to);
        } else {
            int number = head.find(Field.HOST);
            if (number == Head.NONE) {
                host(bytes, from, from);
            } else {
                host(bytes, head.valueStart(number), head.valueEnd(number));
            }
            boolean asterisk = to - from == 1 && bytes[from] == '*';
            path(bytes, asterisk ? to : from, to);
        }
    }

    private void path(byte[] bytes, int from, int to) {
        pathStart = from;
        scan(bytes, from, to);
        if (pathEnd == from) {
            // Nothing before the query: matched as "/", which does not stand in these bytes.
            plain = false;
        } else if (bytes[from] != '/') {
            hasPath = false;
        }
        queryStart = Math.min(pathEnd + 1, to);
        queryEnd = to;
    }

    private void scan(byte[] bytes, int from, int to) {
        plain = true;
        int at = from;
        for (; at < to; at++) {
            byte kind = CLASSES[bytes[at] & 0xFF];
            if (kind == PLAIN) {
                continue;
            }
            if (kind == QUERY) {
                break;
            }
            plain &= kind == DOT && !startsDots(bytes, from, at, to);
        }
        pathEnd = at;
    }

    /** Whether the dot begins a segment that may be a dot segment, so {@code /.git} does not. */
    private static boolean startsDots(byte[] bytes, int from, int at, int to) {
        if (at == from || bytes[at - 1] != '/') {
            return false;
        }
        if (at + 1 == to) {
            return true;
        }
        byte next = bytes[at + 1];
        return next == '.' || next == '/' || next == ';' || next == '?';
    }

    /** Where the authority of an absolute form starts, -1 if the target has no scheme. */
    private static int authority(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && isScheme(bytes[at])) {
            at++;
        }
        boolean absolute =
                at > from
                        && at + 2 < to
                        && bytes[at] == ':'
                        && bytes[at + 1] == '/'
                        && bytes[at + 2] == '/';
        return absolute ? at + 3 : -1;
    }

    private static boolean isScheme(byte b) {
        byte lower = Ascii.lower(b);
        return (lower >= 'a' && lower <= 'z')
                || Ascii.isDigit(b)
                || b == '+'
                || b == '-'
                || b == '.';
    }

    private static int authorityEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != '/' && bytes[at] != '?' && bytes[at] != '#') {
            at++;
        }
        return at;
    }

    private static int afterUserInfo(byte[] bytes, int from, int to) {
        int at = to;
        while (at > from && bytes[at - 1] != '@') {
            at--;
        }
        return at;
    }

    /**
     * The name alone: without port and final dot; an IPv6 literal with its brackets. An origin that
     * stands where a host belongs passes the wire, so it is routed by the host that it holds.
     */
    private void host(byte[] bytes, int from, int to) {
        int start = from;
        int end = nameEnd(bytes, start, to);
        if (end + 2 < to && bytes[end + 1] == '/' && bytes[end + 2] == '/') {
            start = end + 3;
            end = nameEnd(bytes, start, to);
        }
        if (end > start && bytes[end - 1] == '.') {
            end--;
        }
        hostStart = start;
        hostEnd = end;
    }

    private static int nameEnd(byte[] bytes, int from, int to) {
        byte last = from < to && bytes[from] == '[' ? (byte) ']' : (byte) ':';
        int end = from;
        while (end < to && bytes[end] != last) {
            end++;
        }
        return last == ']' ? Math.min(end + 1, to) : end;
    }
}
