package dev.carve.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The kit's own strict reader of HTTP/1 messages: every line ends in CRLF, names are tokens, values
 * hold no control but tab, and nothing is repaired. It owns the read buffer of one connection, so
 * that bytes past the end of a message stay visible. One thread at a time.
 */
final class WireReader {

    /** Where bytes come from; bounds its own wait. */
    interface Source {
        /** As {@link java.io.InputStream#read(byte[], int, int)}. */
        int read(byte[] into, int offset, int count) throws IOException;
    }

    static final int HEAD_BYTES_MAX = 4 << 20;
    static final int BODY_BYTES_KEPT = 1 << 20;

    private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";

    private final Source source;
    private byte[] buffer = new byte[16 << 10];
    private int start;
    private int end;
    private boolean resetSeen;

    WireReader(Source source) {
        this.source = source;
    }

    /** What was received and not yet read as part of a message. */
    Octets buffered() {
        return Octets.of(Arrays.copyOfRange(buffer, start, end));
    }

    /** Receives more into the buffer; false at the end of the connection, reset included. */
    boolean fill() throws IOException {
        if (start == end) {
            start = 0;
            end = 0;
        } else if (end == buffer.length) {
            if (start > 0) {
                System.arraycopy(buffer, start, buffer, 0, end - start);
                end -= start;
                start = 0;
            } else {
                buffer = Arrays.copyOf(buffer, buffer.length * 2);
            }
        }
        int count;
        try {
            count = source.read(buffer, end, buffer.length - end);
        } catch (SocketException e) {
            resetSeen = true;
            return false;
        }
        if (count < 0) {
            return false;
        }
        end += count;
        return true;
    }

    /** Whether the connection's end was a reset. */
    boolean resetSeen() {
        return resetSeen;
    }

    /** The next head, or null if the connection ended before its first byte. */
    @Nullable Head head() throws IOException {
        var raw = new ByteArrayOutputStream();
        String startLine = line(raw, "start line");
        if (startLine == null) {
            return null;
        }
        if (startLine.isEmpty()) {
            throw new MalformedMessageException("empty line in place of a start line");
        }
        List<Field> fields = fields(raw, "header");
        return new Head(Octets.of(raw.toByteArray()), startLine, fields);
    }

    private List<Field> fields(ByteArrayOutputStream raw, String where) throws IOException {
        var fields = new ArrayList<Field>();
        while (true) {
            String line = line(raw, where);
            if (line == null) {
                throw incomplete("the connection ended inside the " + where, raw);
            }
            if (line.isEmpty()) {
                return List.copyOf(fields);
            }
            fields.add(field(line, where));
        }
    }

    private static Field field(String line, String where) throws MalformedMessageException {
        int colon = line.indexOf(':');
        if (colon <= 0 || !isToken(line.substring(0, colon))) {
            throw new MalformedMessageException(
                    "%s field without a token as its name: \"%s\""
                            .formatted(where, Octets.of(line).escaped(80)));
        }
        int from = colon + 1;
        int to = line.length();
        while (from < to && isBlank(line.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(line.charAt(to - 1))) {
            to--;
        }
        return new Field(line.substring(0, colon), line.substring(from, to));
    }

    /** A line without its CRLF, appended to {@code raw} with it; null at a clean end before it. */
    private @Nullable String line(ByteArrayOutputStream raw, String where) throws IOException {
        int scanned = 0;
        while (true) {
            for (int i = start + scanned; i < end; i++) {
                int b = buffer[i] & 0xff;
                if (b == '\r' && i + 1 == end) {
                    break; // whether a line feed follows is not known yet
                }
                if (b == '\r' && buffer[i + 1] == '\n') {
                    String line = Octets.of(Arrays.copyOfRange(buffer, start, i)).text();
                    raw.write(buffer, start, i + 2 - start);
                    start = i + 2;
                    return line;
                }
                if ((b < 0x20 && b != '\t') || b == 0x7f) {
                    throw new MalformedMessageException(
                            "control byte 0x%02x in the %s: \"%s\""
                                    .formatted(b, where, buffered().escaped(80)));
                }
                scanned = i + 1 - start;
            }
            if (raw.size() + scanned > HEAD_BYTES_MAX) {
                throw new MalformedMessageException(
                        "%s longer than %d bytes".formatted(where, HEAD_BYTES_MAX));
            }
            if (!fill()) {
                if (raw.size() == 0 && start == end) {
                    return null;
                }
                raw.write(buffer, start, end - start);
                throw incomplete("the connection ended inside the " + where, raw);
            }
        }
    }

    /** The body of a request with that head. */
    Body requestBody(Head head, String version) throws IOException {
        return body(head, framing(head, version, Body.Framing.NONE));
    }

    /** The body of a response with that head to a request of that method. */
    Body responseBody(Head head, String version, int status, String method) throws IOException {
        if (method.equals("HEAD") || status / 100 == 1 || status == 204 || status == 304) {
            return Body.NONE;
        }
        if (method.equals("CONNECT") && status / 100 == 2) {
            return Body.NONE;
        }
        return body(head, framing(head, version, Body.Framing.UNTIL_CLOSE));
    }

    private static Body.Framing framing(Head head, String version, Body.Framing otherwise)
            throws MalformedMessageException {
        List<String> codings = head.all("Transfer-Encoding");
        List<String> lengths = head.all("Content-Length");
        if (!codings.isEmpty()) {
            if (!lengths.isEmpty()) {
                throw new MalformedMessageException("Transfer-Encoding and Content-Length");
            }
            if (codings.size() > 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
                throw new MalformedMessageException("Transfer-Encoding is " + codings);
            }
            if (!version.equals("HTTP/1.1")) {
                throw new MalformedMessageException("Transfer-Encoding in " + version);
            }
            return Body.Framing.CHUNKED;
        }
        if (lengths.isEmpty()) {
            return otherwise;
        }
        if (lengths.size() > 1 || !lengths.getFirst().matches("[0-9]{1,18}")) {
            throw new MalformedMessageException("Content-Length is " + lengths);
        }
        return Body.Framing.LENGTH;
    }

    private Body body(Head head, Body.Framing framing) throws IOException {
        var sink = new Sink();
        try {
            return switch (framing) {
                case NONE -> Body.NONE;
                case LENGTH -> {
                    take(Long.parseLong(head.first("Content-Length").orElseThrow()), sink);
                    yield sink.body(framing, 0, List.of());
                }
                case UNTIL_CLOSE -> {
                    do {
                        sink.add(buffer, start, end - start);
                        start = end;
                    } while (fill());
                    if (resetSeen) {
                        throw incomplete("the connection was reset inside the body", sink);
                    }
                    yield sink.body(framing, 0, List.of());
                }
                case CHUNKED -> chunked(sink);
            };
        } catch (IncompleteMessageException e) {
            throw e.under(head);
        }
    }

    private Body chunked(Sink sink) throws IOException {
        int chunks = 0;
        while (true) {
            var raw = new ByteArrayOutputStream();
            String line = line(raw, "chunk size");
            if (line == null) {
                throw incomplete("the connection ended before a chunk size", sink);
            }
            int semicolon = line.indexOf(';');
            String size = semicolon < 0 ? line : line.substring(0, semicolon);
            if (!size.matches("[0-9a-fA-F]{1,15}")) {
                throw new MalformedMessageException(
                        "chunk size \"%s\"".formatted(Octets.of(line).escaped(80)));
            }
            long count = Long.parseLong(size, 16);
            if (count == 0) {
                return sink.body(
                        Body.Framing.CHUNKED,
                        chunks,
                        fields(new ByteArrayOutputStream(), "trailer"));
            }
            take(count, sink);
            chunks++;
            var none = new ByteArrayOutputStream();
            String rest = line(none, "end of a chunk");
            if (rest == null) {
                throw incomplete("the connection ended after a chunk's data", sink);
            }
            if (!rest.isEmpty()) {
                throw new MalformedMessageException(
                        "\"%s\" after a chunk's data".formatted(Octets.of(rest).escaped(80)));
            }
        }
    }

    private void take(long count, Sink sink) throws IOException {
        long left = count;
        while (left > 0) {
            if (start == end && !fill()) {
                throw incomplete(
                        "the connection ended %d bytes before the body's end".formatted(left),
                        sink);
            }
            int now = (int) Math.min(left, end - start);
            sink.add(buffer, start, now);
            start += now;
            left -= now;
        }
    }

    /** Exactly that many bytes, outside any message (tunnels). */
    Octets exactly(int count) throws IOException {
        var sink = new Sink();
        take(count, sink);
        return sink.kept();
    }

    /** All bytes up to the end of the connection, at most {@code bytesMax} of them. */
    Octets rest(int bytesMax) throws IOException {
        while (end - start < bytesMax && fill()) {
            // the buffer grows as needed
        }
        Octets all = buffered();
        start = end;
        return all;
    }

    private IncompleteMessageException incomplete(String reason, ByteArrayOutputStream raw) {
        return new IncompleteMessageException(
                reason, null, Octets.of(raw.toByteArray()), resetSeen);
    }

    private IncompleteMessageException incomplete(String reason, Sink sink) {
        return new IncompleteMessageException(reason, null, sink.kept(), resetSeen);
    }

    static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(c ->
                                (c >= '0' && c <= '9')
                                        || (c >= 'a' && c <= 'z')
                                        || (c >= 'A' && c <= 'Z')
                                        || TOKEN_PUNCTUATION.indexOf(c) >= 0);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** Collects a body: all of its length and checksum, its first bytes themselves. */
    private static final class Sink {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final CRC32 crc = new CRC32();
        private long count;

        void add(byte[] from, int offset, int length) {
            kept.write(from, offset, Math.min(length, BODY_BYTES_KEPT - kept.size()));
            crc.update(from, offset, length);
            count += length;
        }

        Octets kept() {
            return Octets.of(kept.toByteArray());
        }

        Body body(Body.Framing framing, int chunks, List<Field> trailers) {
            return new Body(framing, kept(), count, crc.getValue(), chunks, trailers);
        }
    }
}
