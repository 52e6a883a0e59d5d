package dev.carve.http;

import org.jspecify.annotations.Nullable;

/**
 * How the body of one HTTP/1 message is delimited and what its connection fields ask for (RFC 9112
 * sections 6 and 9), found once per head. A message that two readers could frame differently is
 * refused.
 *
 * <p>Thread: the event loop of its connection. Reused from message to message.
 */
final class Framing {

    /** How a body ends. */
    enum Kind {
        /** There is no body. */
        NONE,
        /** After {@link Framing#length} bytes. */
        LENGTH,
        /** With the last chunk. */
        CHUNKED,
        /** With the connection. */
        UNTIL_CLOSE
    }

    private static final byte[] CHUNKED = Ascii.bytes("chunked");
    private static final byte[] CLOSE = Ascii.bytes("close");
    private static final byte[] KEEP_ALIVE = Ascii.bytes("keep-alive");
    private static final byte[] UPGRADE = Ascii.bytes("upgrade");
    private static final byte[] CONTINUE = Ascii.bytes("100-continue");
    private static final byte[] H2C = Ascii.bytes("h2c");
    private static final int PORT_MAX = 65_535;

    private static final long REQUEST_CARE =
            Head.bit(Field.CONTENT_LENGTH)
                    | Head.bit(Field.TRANSFER_ENCODING)
                    | Head.bit(Field.CONNECTION)
                    | Head.bit(Field.EXPECT);

    /**
     * What {@code Connection} must not name: a hop that removed one of these would change what the
     * next one understands.
     */
    static final long END_TO_END =
            Head.bit(Field.HOST)
                    | Head.bit(Field.CONTENT_LENGTH)
                    | Head.bit(Field.TRANSFER_ENCODING)
                    | Head.bit(Field.X_FORWARDED_FOR)
                    | Head.bit(Field.X_FORWARDED_PROTO)
                    | Head.bit(Field.X_FORWARDED_HOST)
                    | Head.bit(Field.X_FORWARDED_PORT)
                    | Head.bit(Field.FORWARDED)
                    | Head.bit(Field.X_REQUEST_ID)
                    | Head.bit(Field.AUTHORIZATION)
                    | Head.bit(Field.COOKIE)
                    | Head.bit(Field.SET_COOKIE)
                    | Head.bit(Field.CARVE_TIMEOUT)
                    | Head.bit(Field.CONTENT_TYPE)
                    | Head.bit(Field.CONTENT_ENCODING);

    private static final long FRAMES =
            Head.bit(Field.CONTENT_LENGTH) | Head.bit(Field.TRANSFER_ENCODING);

    Kind kind = Kind.NONE;
    long length;

    /** Whether the connection may carry another message after this one. */
    boolean persistent;

    /** Whether the message asks for, or agrees to, another protocol. */
    boolean upgrade;

    boolean expectContinue;

    /**
     * Whether {@code Connection} names fields beyond the ones that are hop-by-hop by themselves.
     */
    boolean namesFields;

    /** Reads a request's head; null if it is sound. */
    @Nullable Malformed ofRequest(Head head) {
        kind = Kind.NONE;
        length = 0;
        persistent = head.minorVersion() == 1;
        upgrade = false;
        expectContinue = false;
        namesFields = false;
        Malformed host = checkHost(head);
        if (host != null) {
            return host;
        }
        if (!head.hasAny(REQUEST_CARE)) {
            return null;
        }
        Malformed wrong = readLength(head);
        if (wrong == null && head.has(Field.CONNECTION)) {
            wrong = readConnection(head);
        }
        if (wrong != null) {
            return wrong;
        }
        upgrade =
                upgrade
                        && kind == Kind.NONE
                        && head.minorVersion() == 1
                        && head.has(Field.UPGRADE)
                        && !head.listHolds(Field.UPGRADE, H2C);
        expectContinue =
                head.minorVersion() == 1
                        && kind != Kind.NONE
                        && head.has(Field.EXPECT)
                        && head.listHolds(Field.EXPECT, CONTINUE);
        return null;
    }

    /** Reads a response's head; null if it is sound. */
    @Nullable Malformed ofResponse(Head head, Method request) {
        kind = Kind.UNTIL_CLOSE;
        length = 0;
        persistent = head.minorVersion() == 1;
        upgrade = false;
        expectContinue = false;
        namesFields = false;
        Malformed wrong = readLength(head);
        if (wrong == null && head.has(Field.CONNECTION)) {
            wrong = readConnection(head);
        }
        if (wrong != null) {
            return wrong;
        }
        int status = head.status();
        if (status < 200 && (kind == Kind.CHUNKED || kind == Kind.LENGTH)) {
            // RFC 9110 section 8.6: who takes this for a body is out of step with who does not.
            return Malformed.INTERIM_LENGTH;
        }
        if (request == Method.HEAD || status < 200 || status == 204 || status == 304) {
            kind = Kind.NONE;
        }
        persistent &= kind != Kind.UNTIL_CLOSE;
        return null;
    }

    /**
     * RFC 9112 section 3.2: exactly one Host in HTTP/1.1, and one meaning with an absolute target.
     */
    private static @Nullable Malformed checkHost(Head head) {
        byte[] bytes = head.bytes;
        int start = head.targetStart();
        boolean origin = bytes[start] == '/';
        if (!origin || head.method() == Method.CONNECT) {
            Malformed wrong = checkForm(head);
            if (wrong != null) {
                return wrong;
            }
        }
        int number = head.find(Field.HOST);
        if (number == Head.NONE) {
            return head.minorVersion() == 1 ? Malformed.HOST_MISSING : null;
        }
        if (head.isRepeated(Field.HOST)) {
            return Malformed.HOST_REPEATED;
        }
        int from = head.valueStart(number);
        int to = head.valueEnd(number);
        if (from == to || !isAuthority(bytes, from + schemeLength(bytes, from, to), to)) {
            return Malformed.HOST;
        }
        if (!origin && bytes[start] != '*') {
            int authority = authorityStart(head);
            int end = authorityEnd(bytes, authority, head.targetEnd());
            if (!Ascii.equalsIgnoreCase(bytes, authority, end, bytes, from, to)) {
                return Malformed.HOST_DIFFERS;
            }
        }
        return null;
    }

    /** RFC 9112 sections 3.2.2 to 3.2.4: absolute form of http, or an asterisk in OPTIONS. */
    private static @Nullable Malformed checkForm(Head head) {
        if (head.method() == Method.CONNECT) {
            return Malformed.CONNECT;
        }
        int start = head.targetStart();
        int end = head.targetEnd();
        if (head.bytes[start] == '*') {
            return end - start == 1 && head.method() == Method.OPTIONS ? null : Malformed.TARGET;
        }
        int authority = authorityStart(head);
        if (authority < 0) {
            return Malformed.TARGET;
        }
        int stop = authorityEnd(head.bytes, authority, end);
        return stop > authority && isAuthority(head.bytes, authority, stop)
                ? null
                : Malformed.TARGET;
    }

    private static int authorityStart(Head head) {
        byte[] bytes = head.bytes;
        int start = head.targetStart();
        int end = head.targetEnd();
        for (byte[] scheme : SCHEMES) {
            if (end - start > scheme.length
                    && Ascii.equalsLower(bytes, start, start + scheme.length, scheme)) {
                return start + scheme.length;
            }
        }
        return -1;
    }

    /**
     * Clients that put an origin where its host belongs are in use and servers take it; with
     * nothing but a scheme in front it can be read in one way only, so it passes as it is.
     */
    private static int schemeLength(byte[] bytes, int from, int to) {
        for (byte[] scheme : SCHEMES) {
            int end = from + scheme.length;
            if (end < to && Ascii.equalsLower(bytes, from, end, scheme)) {
                return scheme.length;
            }
        }
        return 0;
    }

    private static final byte[][] SCHEMES = {Ascii.bytes("http://"), Ascii.bytes("https://")};

    private static int authorityEnd(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && bytes[at] != '/' && bytes[at] != '?') {
            at++;
        }
        return at;
    }

    /**
     * Host and port without user information: what RFC 3986 section 3.2.2 allows in a registered
     * name or an address, and a port up to 65535. May be empty.
     */
    private static boolean isAuthority(byte[] bytes, int from, int to) {
        int at = from;
        if (at < to && bytes[at] == '[') {
            at++;
            while (at < to && (Ascii.hex(bytes[at]) >= 0 || bytes[at] == ':' || bytes[at] == '.')) {
                at++;
            }
            if (at == to || bytes[at] != ']') {
                return false;
            }
            at++;
        } else {
            while (at < to && isHostByte(bytes[at])) {
                at++;
            }
            if (at == from && to > from) {
                return false;
            }
        }
        if (at < to && bytes[at] == ':') {
            int port = 0;
            for (at++; at < to && Ascii.isDigit(bytes[at]) && port <= PORT_MAX; at++) {
                port = port * 10 + bytes[at] - '0';
            }
            return at == to && port <= PORT_MAX;
        }
        return at == to;
    }

    private static boolean isHostByte(byte b) {
        return (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || (b >= '0' && b <= '9')
                || b == '.'
                || b == '-'
                || b == '_'
                || b == '~'
                || b == '%'
                || b == '!'
                || b == '$'
                || b == '&'
                || b == '\''
                || b == '('
                || b == ')'
                || b == '*'
                || b == '+'
                || b == ';'
                || b == '=';
    }

    /** RFC 9112 section 6.3, without its leave to repair. */
    private @Nullable Malformed readLength(Head head) {
        boolean coded = head.has(Field.TRANSFER_ENCODING);
        int number = head.find(Field.CONTENT_LENGTH);
        if (coded) {
            if (number != Head.NONE) {
                return Malformed.LENGTH_AND_CODING;
            }
            return readCoding(head);
        }
        if (number == Head.NONE) {
            return null;
        }
        if (head.isRepeated(Field.CONTENT_LENGTH)) {
            return Malformed.LENGTH_REPEATED;
        }
        long value = decimal(head.bytes, head.valueStart(number), head.valueEnd(number));
        if (value < 0) {
            return Malformed.LENGTH;
        }
        length = value;
        kind = value == 0 ? Kind.NONE : Kind.LENGTH;
        return null;
    }

    private @Nullable Malformed readCoding(Head head) {
        if (head.minorVersion() == 0) {
            return Malformed.CODING_IN_1_0;
        }
        int number = head.find(Field.TRANSFER_ENCODING);
        if (head.isRepeated(Field.TRANSFER_ENCODING)) {
            return Malformed.CODING;
        }
        if (head.valueIs(number, CHUNKED)) {
            kind = Kind.CHUNKED;
            return null;
        }
        int at = head.valueStart(number);
        int end = head.valueEnd(number);
        boolean token = at < end;
        for (int i = at; i < end; i++) {
            byte b = head.bytes[i];
            token &= Ascii.isToken(b) || b == ',' || b == ' ' || b == '\t';
        }
        return token && !head.listHolds(Field.TRANSFER_ENCODING, CHUNKED)
                ? Malformed.CODING_UNKNOWN
                : token && endsWithOneChunked(head) ? Malformed.CODING_UNKNOWN : Malformed.CODING;
    }

    /** Whether the list is other codings and then chunked once: sound, but not supported. */
    private static boolean endsWithOneChunked(Head head) {
        int number = head.find(Field.TRANSFER_ENCODING);
        int at = head.valueStart(number);
        int end = head.valueEnd(number);
        boolean chunkedLast = false;
        while (at < end) {
            int stop = head.listMemberStop(at, end);
            int from = head.skipSpace(at, stop);
            int to = head.trimSpace(from, stop);
            if (chunkedLast || from == to) {
                return false;
            }
            chunkedLast = Ascii.equalsLower(head.bytes, from, to, CHUNKED);
            at = stop + 1;
        }
        return chunkedLast;
    }

    /** A whole number in decimal digits only, -1 if it is anything else or beyond 18 digits. */
    static long decimal(byte[] bytes, int from, int to) {
        if (from == to || to - from > 18) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            if (!Ascii.isDigit(bytes[i])) {
                return -1;
            }
            value = value * 10 + bytes[i] - '0';
        }
        return value;
    }

    /** RFC 9110 section 7.6.1. */
    private @Nullable Malformed readConnection(Head head) {
        boolean keepAlive = false;
        boolean close = false;
        for (int i = head.find(Field.CONNECTION);
                i != Head.NONE;
                i = head.next(Field.CONNECTION, i)) {
            int at = head.valueStart(i);
            int end = head.valueEnd(i);
            while (at < end) {
                int stop = head.listMemberStop(at, end);
                int from = head.skipSpace(at, stop);
                int to = head.trimSpace(from, stop);
                if (Ascii.equalsLower(head.bytes, from, to, KEEP_ALIVE)) {
                    keepAlive = true;
                } else if (Ascii.equalsLower(head.bytes, from, to, CLOSE)) {
                    close = true;
                } else if (Ascii.equalsLower(head.bytes, from, to, UPGRADE)) {
                    upgrade = true;
                } else if (to > from) {
                    int known = Field.find(head.bytes, from, to);
                    if ((END_TO_END & 1L << known) == 0) {
                        namesFields = true;
                    } else if (head.status() == 0 || (FRAMES & 1L << known) != 0) {
                        return Malformed.CONNECTION;
                    }
                }
                at = stop + 1;
            }
        }
        persistent = !close && (head.minorVersion() == 1 || keepAlive);
        return null;
    }
}
