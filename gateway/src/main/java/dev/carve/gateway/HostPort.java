package dev.carve.gateway;

import dev.carve.http.Ascii;
import dev.carve.http.Field;
import dev.carve.http.Head;

/**
 * Host and port that a client asked for, where they stand in its head: in the Host field, without
 * the scheme that some clients put in front of it and that the wire lets pass, or where there is no
 * such field, as HTTP/1.0 allows, in an absolute target. Stateless.
 */
final class HostPort {

    /** There is none. */
    static final int NONE = -1;

    private static final byte[][] SCHEMES = {Ascii.bytes("http://"), Ascii.bytes("https://")};

    private HostPort() {}

    /** Where it begins, or {@link #NONE}. */
    static int start(Head head) {
        int number = head.find(Field.HOST);
        if (number != Head.NONE) {
            int start = head.valueStart(number);
            return start + scheme(head.bytes(), start, head.valueEnd(number));
        }
        int target = head.targetStart();
        int scheme = scheme(head.bytes(), target, head.targetEnd());
        return scheme == 0 ? NONE : target + scheme;
    }

    /** Where it ends, if it begins somewhere. */
    static int end(Head head) {
        int number = head.find(Field.HOST);
        if (number != Head.NONE) {
            return head.valueEnd(number);
        }
        byte[] bytes = head.bytes();
        int at = start(head);
        while (at < head.targetEnd() && bytes[at] != '/' && bytes[at] != '?') {
            at++;
        }
        return at;
    }

    private static int scheme(byte[] bytes, int start, int end) {
        for (byte[] scheme : SCHEMES) {
            int after = start + scheme.length;
            if (after <= end && Ascii.equalsLower(bytes, start, after, scheme)) {
                return scheme.length;
            }
        }
        return 0;
    }
}
