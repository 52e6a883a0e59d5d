package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadParserTest {

    private static final HeadLimits LIMITS = new HeadLimits(256, 64, 6);

    private final HeadParser parser = new HeadParser();

    /**
     * What a parser makes of bytes: everything that anyone asks of a head, or why it is refused.
     */
    private String read(boolean request, String text, int... cuts) {
        Head head = new Head();
        byte[] bytes = Ascii.bytes(text);
        int from = 0;
        int result = HeadParser.MORE;
        for (int i = 0; i <= cuts.length && result == HeadParser.MORE; i++) {
            int to = i == cuts.length ? bytes.length : cuts[i];
            head.reserve(to - from);
            System.arraycopy(bytes, from, head.bytes, head.length, to - from);
            head.length += to - from;
            from = to;
            result = request ? parser.request(head, LIMITS) : parser.response(head, LIMITS);
        }
        return switch (result) {
            case HeadParser.MORE -> "more";
            case HeadParser.BAD -> "bad: " + parser.problem();
            default -> result + " " + describe(head);
        };
    }

    private static String describe(Head head) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < head.fields(); i++) {
            fields.add(head.field(i) + " " + head.name(i) + "=[" + head.value(i) + "]");
        }
        return head.status() == 0
                ? "%s %s 1.%d %s"
                        .formatted(head.methodText(), head.target(), head.minorVersion(), fields)
                : "%d [%s] 1.%d %s"
                        .formatted(head.status(), head.reason(), head.minorVersion(), fields);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: h\r\n\r\nrest",
                "POST /a?b HTTP/1.0\r\nContent-Length:5\r\nX:  y \t\r\nEmpty:\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: h\n\r\n",
                "GET / HTTP/1.1\r\nX: a\rb\r\n\r\n",
                "GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n",
                "GET / HTTP/1.1\r\nX: a\0b\r\n\r\n",
                "GET / HTTP/2.0\r\nX: a\r\n\r\n",
                "GET /\r\n\r\n",
                "G(T / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\n\rX: a\r\n\r\n",
                "GET / HTTP/1.1\r\na:1\r\nb:2\r\nc:3\r\nd:4\r\ne:5\r\nf:6\r\n\r\n",
                "GET / HTTP/1.1\r\na:1\r\nb:2\r\nc:3\r\nd:4\r\ne:5\r\nf:6\r\ng:7\r\n\r\n",
            })
    void aRequestIsReadTheSameWhereverItIsCut(String text) {
        sameForAllCuts(true, text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nX: y\r\n\r\nbody",
                "HTTP/1.0 404\r\nServer: s\r\n\r\n",
                "HTTP/1.1 200 \r\nX: a\r\n  b\r\n\tc\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length:\r\n 5\r\n\r\n",
                "HTTP/1.1 200 OK\r\n X: y\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "ICY 200 OK\r\n\r\n",
            })
    void aResponseIsReadTheSameWhereverItIsCut(String text) {
        sameForAllCuts(false, text);
    }

    private void sameForAllCuts(boolean request, String text) {
        String whole = read(request, text);
        assertThat(whole).isNotEqualTo("more");
        int[] each = new int[text.length() - 1];
        for (int cut = 1; cut < text.length(); cut++) {
            each[cut - 1] = cut;
            assertThat(read(request, text, cut)).as("cut at %d", cut).isEqualTo(whole);
            for (int second = cut + 1; second < text.length(); second++) {
                assertThat(read(request, text, cut, second)).isEqualTo(whole);
            }
        }
        assertThat(read(request, text, each)).as("byte by byte").isEqualTo(whole);
    }

    @Test
    void aFoldedValueIsJoinedAndTrimmed() {
        assertThat(read(false, "HTTP/1.1 200 OK\r\nContent-Length:\r\n 5\r\nX: a \r\n b\r\n\r\n"))
                .endsWith("200 [OK] 1.1 [CONTENT_LENGTH Content-Length=[5], OTHER X=[a    b]]");
    }

    @Test
    void aHeadMayBeAsLongAsItsBoundAndNoLonger() {
        String start = "GET / HTTP/1.1\r\nX: ";
        String end = "\r\n\r\n";
        String fits = start + "y".repeat(256 - start.length() - end.length()) + end;
        assertThat(read(true, fits)).startsWith("256 ");
        String tooLong = start + "y".repeat(257 - start.length() - end.length()) + end;
        assertThat(read(true, tooLong)).isEqualTo("bad: HEAD_TOO_LARGE");
        assertThat(read(true, start + "y".repeat(300))).isEqualTo("bad: HEAD_TOO_LARGE");
    }

    @Test
    void aTargetMayBeAsLongAsItsBoundAndNoLonger() {
        String rest = " HTTP/1.1\r\n\r\n";
        assertThat(read(true, "GET /" + "a".repeat(63) + rest)).startsWith("81 GET");
        assertThat(read(true, "GET /" + "a".repeat(64) + rest)).isEqualTo("bad: TARGET_TOO_LONG");
        assertThat(read(true, "GET /" + "a".repeat(300))).isEqualTo("bad: TARGET_TOO_LONG");
    }

    @Test
    void everyKnownFieldIsFoundInAnyCaseAndNoOther() {
        for (Field field : Field.values()) {
            if (field != Field.OTHER) {
                assertThat(Field.named(field.text())).isEqualTo(field);
                assertThat(Field.named(field.text().toUpperCase(Locale.ROOT))).isEqualTo(field);
                assertThat(Field.named(field.text() + "x")).isEqualTo(Field.OTHER);
                assertThat(Field.named("x" + field.text())).isEqualTo(Field.OTHER);
            }
        }
    }
}
