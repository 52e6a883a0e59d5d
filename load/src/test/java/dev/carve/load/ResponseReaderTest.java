package dev.carve.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * In the tables, {@code ~} is CRLF, {@code ^} a bare LF, {@code !} a bare CR and {@code °} a NUL.
 */
class ResponseReaderTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    HTTP/1.1 200 OK~Content-Length: 5~~hello                          | 200 | 5 | true
                    HTTP/1.1 200~content-length:5~~hello                              | 200 | 5 | true
                    HTTP/1.1 200 ~CONTENT-LENGTH: \t5 ~~hello                         | 200 | 5 | true
                    HTTP/1.1 200 OK~Content-Length: 0~~                               | 200 | 0 | true
                    HTTP/1.1 304 Not Modified~Content-Length: 99~~                    | 304 | 0 | true
                    HTTP/1.1 204 No Content~~                                         | 204 | 0 | true
                    HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~hello~0~~           | 200 | 5 | true
                    HTTP/1.1 200 OK~Transfer-Encoding: Chunked~~2;a=b~he~3~llo~00~T: x~~ | 200 | 5 | true
                    HTTP/1.1 200 OK~Transfer-Encoding: chunked~~0~~                   | 200 | 0 | true
                    HTTP/1.1 103 Early~Link: x~~HTTP/1.1 200 OK~Content-Length: 1~~x  | 200 | 1 | true
                    HTTP/1.1 200 OK~Connection: x, Close~Content-Length: 1~~x         | 200 | 1 | false
                    HTTP/1.0 200 OK~Content-Length: 1~~x                              | 200 | 1 | false
                    HTTP/1.0 200 OK~Connection: keep-alive~Content-Length: 1~~x       | 200 | 1 | true
                    """)
    void anAnswerIsReadTheSameWhereverItIsCut(
            String answer, int status, long bodyBytes, boolean keepsAlive) {
        byte[] bytes = bytes(answer);
        for (int cut = 0; cut < bytes.length; cut++) {
            ResponseReader reader = new ResponseReader(null);
            reader.begin(false);
            assertThat(reader.read(bytes, 0, cut)).isEqualTo(cut);
            assertThat(reader.isComplete()).as("after %d bytes", cut).isFalse();
            assertThat(reader.read(bytes, cut, bytes.length)).isEqualTo(bytes.length);
            assertThat(reader.problem()).isNull();
            assertThat(reader.isComplete()).isTrue();
            assertThat(reader.status()).isEqualTo(status);
            assertThat(reader.bodyBytes()).isEqualTo(bodyBytes);
            assertThat(reader.keepsAlive()).isEqualTo(keepsAlive);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/2 200~~",
                "HTTP/1.1 20~~",
                "HTTP/1.1 2000 OK~~",
                "HTTP/1.1  200 OK~~",
                "http/1.1 200 OK~~",
                "HTTP/1.1 600 No~~",
                "HTTP/1.1 101 Switching~~",
                "HTTP/1.1 200 OK^Content-Length: 0~~",
                "HTTP/1.1 200 OK~A: b!c~~",
                "HTTP/1.1 200 OK~A: b°c~~",
                "HTTP/1.1 200 OK~A : b~~",
                "HTTP/1.1 200 OK~ folded~~",
                "HTTP/1.1 200 OK~no colon~~",
                "HTTP/1.1 200 OK~: empty name~~",
                "HTTP/1.1 200 OK~Content-Length: ~~",
                "HTTP/1.1 200 OK~Content-Length: +1~~",
                "HTTP/1.1 200 OK~Content-Length: 1, 1~~",
                "HTTP/1.1 200 OK~Content-Length: 99999999999999999999~~",
                "HTTP/1.1 200 OK~Content-Length: 1~Content-Length: 1~~",
                "HTTP/1.1 200 OK~Content-Length: 1~Transfer-Encoding: chunked~~",
                "HTTP/1.1 200 OK~Transfer-Encoding: gzip, chunked~~",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~Transfer-Encoding: chunked~~",
                "HTTP/1.0 200 OK~Transfer-Encoding: chunked~~",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~~",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~g~",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~1 ~",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~1^",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~1~ab~",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~ffffffffffffffff~",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~0~bad trailer~~",
            })
    void whatCouldHideTheEndIsAProblem(String answer) {
        byte[] bytes = bytes(answer);
        for (int cut = 0; cut < bytes.length; cut++) {
            ResponseReader reader = new ResponseReader(null);
            reader.begin(false);
            reader.read(bytes, 0, cut);
            if (reader.problem() == null) {
                reader.read(bytes, cut, bytes.length);
            }
            assertThat(reader.problem()).as("cut at %d", cut).isNotNull();
            assertThat(reader.isComplete()).isFalse();
        }
    }

    @Test
    void aHeadIsBounded() {
        ResponseReader reader = new ResponseReader(null);
        reader.begin(false);
        byte[] start = bytes("HTTP/1.1 200 OK~");
        byte[] field = bytes("X-Filler: " + "x".repeat(1000) + "~");
        reader.read(start, 0, start.length);
        int fields = 0;
        while (reader.problem() == null && fields < 1000) {
            reader.read(field, 0, field.length);
            fields++;
        }
        assertThat(fields).isEqualTo(ResponseReader.HEAD_BYTES_MAX / field.length + 1);
    }

    @Test
    void interimAnswersAreBounded() {
        ResponseReader reader = new ResponseReader(null);
        reader.begin(false);
        byte[] interim = bytes("HTTP/1.1 103 Early~~");
        for (int i = 0; i < 101; i++) {
            reader.read(interim, 0, interim.length);
        }
        assertThat(reader.problem()).isNotNull();
    }

    @Test
    void trailersAreBounded() {
        ResponseReader reader = new ResponseReader(null);
        reader.begin(false);
        byte[] start = bytes("HTTP/1.1 200 OK~Transfer-Encoding: chunked~~0~");
        reader.read(start, 0, start.length);
        byte[] trailer = bytes("T: " + "x".repeat(1000) + "~");
        for (int i = 0; i < 100; i++) {
            reader.read(trailer, 0, trailer.length);
        }
        assertThat(reader.problem()).isNotNull();
    }

    @Test
    void whatFollowsACompleteAnswerIsLeft() {
        ResponseReader reader = new ResponseReader(null);
        reader.begin(false);
        byte[] bytes = bytes("HTTP/1.1 200 OK~Content-Length: 1~~xHTTP/1.1 200 OK~~");
        assertThat(reader.read(bytes, 0, bytes.length)).isEqualTo(39);
        assertThat(reader.isComplete()).isTrue();
    }

    @Test
    void aBodyToTheEndIsCompleteOnlyThere() {
        ResponseReader reader = new ResponseReader(bytes("abc"));
        reader.begin(false);
        byte[] bytes = bytes("HTTP/1.1 200 OK~~abc");
        reader.read(bytes, 0, bytes.length);
        assertThat(reader.isComplete()).isFalse();
        assertThat(reader.endOfInput()).isTrue();
        assertThat(reader.isComplete()).isTrue();
        assertThat(reader.keepsAlive()).isFalse();
        assertThat(reader.bodyMatches()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"hello,true", "hellO,false", "hell,false", "hellos,false", "'',false"})
    void bodiesAreComparedByteByByte(String expected, boolean matches) {
        byte[] bytes = bytes("HTTP/1.1 200 OK~Transfer-Encoding: chunked~~2~he~3~llo~0~~");
        for (int cut = 0; cut < bytes.length; cut++) {
            ResponseReader reader =
                    new ResponseReader(expected.getBytes(StandardCharsets.US_ASCII));
            reader.begin(false);
            reader.read(bytes, 0, cut);
            reader.read(bytes, cut, bytes.length);
            assertThat(reader.bodyMatches()).isEqualTo(matches);
        }
    }

    private static byte[] bytes(String answer) {
        return answer.replace("~", "\r\n")
                .replace('^', '\n')
                .replace('!', '\r')
                .replace('°', '\0')
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
