package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.HeadWriter.Connection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a head and its edits are as bytes. */
class HeadWriterTest {

    private static final String LINE = "GET /a?b HTTP/1.1\r\n";

    private final HeadEdits edits = new HeadEdits();

    private String request(Head head, boolean chunked, Connection connection) {
        ByteBuf out = Unpooled.buffer(HeadWriter.sizeOf(head, edits));
        int room = out.capacity();
        HeadWriter.request(out, head, edits, chunked, connection);
        assertThat(out.capacity()).as("room that sizeOf asked for").isEqualTo(room);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private String request(String text) {
        return request(Heads.request(text), false, Connection.NONE);
    }

    private String response(String text) {
        Head head = Heads.response(text);
        ByteBuf out = Unpooled.buffer(HeadWriter.sizeOf(head, edits));
        HeadWriter.response(out, head, edits, false, Connection.NONE);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    /** What is left of these fields after the hop; lines end with {@code |} in both. */
    private String afterHop(String fields) {
        Head head = Heads.request(LINE + "Host: h\r\n" + fields.replace("|", "\r\n") + "\r\n");
        Framing framing = new Framing();
        assertThat(framing.ofRequest(head)).isNull();
        edits.dropHopByHop(head, framing.namesFields);
        String written = request(head, false, Connection.NONE);
        String start = LINE + "Host: h\r\n";
        assertThat(written).startsWith(start).endsWith("\r\n");
        return written.substring(start.length(), written.length() - 2).replace("\r\n", "|");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                LINE + "Host: h\r\n\r\n",
                LINE + "hOsT:h\r\nX:  y \t\r\nEmpty:\r\nX:\tz\r\n\r\n",
                LINE + "A: \u00e9\u00ff\r\n\r\n",
                "QUERY * HTTP/1.1\r\nHost: h\r\n\r\n",
            })
    void whatNoEditTouchesLeavesAsItCame(String text) {
        assertThat(request(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nServer:  s \r\nset-cookie:a\r\nSet-Cookie: b\r\n\r\n",
                "HTTP/1.1 299 \r\n\r\n",
                "HTTP/1.1 200 all \u00fcber\r\n\r\n",
            })
    void anAnswerThatNoEditTouchesLeavesAsItCame(String text) {
        assertThat(response(text)).isEqualTo(text);
    }

    @Test
    void anAnswerWithoutTheSpaceBeforeItsReasonGetsIt() {
        assertThat(response("HTTP/1.1 404\r\nA: b\r\n\r\n"))
                .isEqualTo("HTTP/1.1 404 \r\nA: b\r\n\r\n");
    }

    @Test
    void whatCameAsHttp10LeavesAsHttp11() {
        assertThat(request("GET /a HTTP/1.0\r\nA: b\r\n\r\n"))
                .isEqualTo("GET /a HTTP/1.1\r\nA: b\r\n\r\n");
        assertThat(response("HTTP/1.0 200 OK\r\nA: b\r\n\r\n"))
                .isEqualTo("HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
    }

    @Test
    void anotherTargetChangesNothingElse() {
        edits.target(Ascii.bytes("/longer/than/before?q=1"));
        assertThat(request(LINE + "Host:  h\r\n\r\n"))
                .isEqualTo("GET /longer/than/before?q=1 HTTP/1.1\r\nHost:  h\r\n\r\n");
    }

    @Test
    void addedLinesComeLastWithFramingAndConnectionBehindThem() {
        edits.add("X-A", "1");
        edits.addLine(Ascii.bytes("X-B: 2\r\n"));
        edits.begin("X-C").appendHex(255).append((byte) '-').append("z").end();
        assertThat(request(Heads.request(LINE + "Host: h\r\n\r\n"), true, Connection.CLOSE))
                .isEqualTo(
                        LINE
                                + "Host: h\r\nX-A: 1\r\nX-B: 2\r\nX-C: 00000000000000ff-z\r\n"
                                + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "NONE,",
        "CLOSE, Connection: close|",
        "KEEP_ALIVE, Connection: keep-alive|",
        "UPGRADE, Connection: Upgrade|"
    })
    void theConnectionLineIsTheOneAskedFor(Connection connection, @Nullable String line) {
        String expected = line == null ? "" : line.replace("|", "\r\n");
        assertThat(request(Heads.request(LINE + "Host: h\r\n\r\n"), false, connection))
                .isEqualTo(LINE + "Host: h\r\n" + expected + "\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "Connection: keep-alive|A: 1|              ; A: 1|",
                "A: 1|Connection: close|B:2|               ; A: 1|B:2|",
                "Connection: X-Own|x-own: 1|X-Owner: 2|    ; X-Owner: 2|",
                "x-own: 1|A: 1|X-OWN: 2|Connection: a, X-Own| ; ''",
                "Connection: X-Own|Connection: X-Two|X-Own: 1|X-Two: 2|B: 3| ; B: 3|",
                "Keep-Alive: timeout=5|Proxy-Connection: close|A: 1| ; A: 1|",
                "Upgrade: x|HTTP2-Settings: AAA|A: 1|      ; A: 1|",
                "Transfer-Encoding: chunked|A: 1|          ; A: 1|",
                "TE: trailers|A: 1|                        ; TE: trailers|A: 1|",
                "te:  Trailers|Connection: TE|             ; te:  Trailers|",
                "TE: gzip|A: 1|                            ; A: 1|",
                "TE: trailers, gzip|                       ; ''",
                "Trailer: X-Sum|Proxy-Authorization: a|    ; Trailer: X-Sum|Proxy-Authorization: a|",
                "Connection: close, Trailer|Trailer: X|    ; ''",
            })
    void whatBelongsToOneHopIsLeftOutAndNothingElse(String came, String leaves) {
        assertThat(afterHop(came)).isEqualTo(leaves);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "TE: trailers|; true",
                "TE: TRAILERS|; true",
                "TE: gzip|; false",
                "TE: trailers|TE: trailers|; false",
                "A: trailers|; false"
            })
    void trailersAreAskedForByOneFieldThatSaysNothingElse(String fields, boolean asks) {
        Head head = Heads.request(LINE + fields.replace("|", "\r\n") + "\r\n");
        assertThat(HeadEdits.asksForTrailers(head)).isEqualTo(asks);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 127, 128})
    void anyFieldsCanBeLeftOutAndTheOthersStayInOrder(int count) {
        Random random = new Random(count);
        StringBuilder all = new StringBuilder(LINE);
        StringBuilder kept = new StringBuilder(LINE);
        for (int i = 0; i < count; i++) {
            String line = "F" + i + ": " + "v".repeat(random.nextInt(9)) + "\r\n";
            all.append(line);
            if (random.nextBoolean()) {
                edits.drop(i);
            } else {
                kept.append(line);
            }
        }
        assertThat(request(all.append("\r\n").toString()))
                .isEqualTo(kept.append("\r\n").toString());
    }

    @Test
    void clearedEditsChangeNothing() {
        String text = LINE + "Host: h\r\nA: 1\r\n\r\n";
        edits.drop(0);
        edits.drop(Heads.request(text), Ascii.bytes("a"));
        edits.target(Ascii.bytes("/z"));
        edits.add("X", "y".repeat(10_000));
        assertThat(request(text))
                .isEqualTo("GET /z HTTP/1.1\r\nX: " + "y".repeat(10_000) + "\r\n\r\n");
        edits.clear();
        assertThat(request(text)).isEqualTo(text);
    }
}
