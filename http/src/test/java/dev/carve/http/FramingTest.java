package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How heads are framed; in a row, {@code |} stands for the end of a line. */
class FramingTest {

    private final Framing framing = new Framing();

    private static String lines(@Nullable String fields) {
        return fields == null || fields.isEmpty() ? "" : fields.replace("|", "\r\n") + "\r\n";
    }

    /** The kind and what else is found, or why the head is refused. */
    private String words(@Nullable Malformed wrong) {
        if (wrong != null) {
            return wrong.name();
        }
        List<String> words = new ArrayList<>();
        words.add(
                framing.kind == Framing.Kind.LENGTH
                        ? "LENGTH " + framing.length
                        : framing.kind.name());
        words.add(framing.persistent ? "keep" : "close");
        if (framing.upgrade) {
            words.add("upgrade");
        }
        if (framing.expectContinue) {
            words.add("expect");
        }
        if (framing.namesFields) {
            words.add("names");
        }
        return String.join(" ", words);
    }

    private String ofRequest(String line, @Nullable String fields) {
        return words(framing.ofRequest(Heads.request(line + "\r\n" + lines(fields) + "\r\n")));
    }

    private String ofResponse(String line, Method asked, @Nullable String fields) {
        return words(
                framing.ofResponse(Heads.response(line + "\r\n" + lines(fields) + "\r\n"), asked));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "1.1 ; ;                                             NONE keep",
                "1.0 ; ;                                             NONE close",
                "1.1 ; Content-Length: 0;                            NONE keep",
                "1.1 ; Content-Length: 5;                            LENGTH 5 keep",
                "1.1 ; content-length:5;                             LENGTH 5 keep",
                "1.0 ; Content-Length: 5;                            LENGTH 5 close",
                "1.1 ; Content-Length: 007;                          LENGTH 7 keep",
                "1.1 ; Content-Length: 999999999999999999;           LENGTH 999999999999999999 keep",
                "1.1 ; Content-Length: 1000000000000000000;          LENGTH",
                "1.1 ; Content-Length: 18446744073709551621;         LENGTH",
                "1.1 ; Content-Length:;                              LENGTH",
                "1.1 ; Content-Length: +5;                           LENGTH",
                "1.1 ; Content-Length: -5;                           LENGTH",
                "1.1 ; Content-Length: 0x5;                          LENGTH",
                "1.1 ; Content-Length: 5 5;                          LENGTH",
                "1.1 ; \"Content-Length: 5, 5\";                     LENGTH",
                "1.1 ; Content-Length: 5|Content-Length: 5;          LENGTH_REPEATED",
                "1.1 ; Content-Length: 5|CONTENT-LENGTH: 6;          LENGTH_REPEATED",
                "1.1 ; Transfer-Encoding: chunked;                   CHUNKED keep",
                "1.1 ; Transfer-Encoding: CHUNKED;                   CHUNKED keep",
                "1.0 ; Transfer-Encoding: chunked;                   CODING_IN_1_0",
                "1.1 ; Transfer-Encoding: chunked|Content-Length: 5; LENGTH_AND_CODING",
                "1.1 ; Content-Length: 0|Transfer-Encoding: chunked; LENGTH_AND_CODING",
                "1.1 ; Transfer-Encoding: gzip|Content-Length: 5;    LENGTH_AND_CODING",
                "1.1 ; Transfer-Encoding: gzip;                      CODING_UNKNOWN",
                "1.1 ; \"Transfer-Encoding: gzip, chunked\";         CODING_UNKNOWN",
                "1.1 ; \"Transfer-Encoding: chunked, gzip\";         CODING",
                "1.1 ; \"Transfer-Encoding: chunked, chunked\";      CODING",
                "1.1 ; \"Transfer-Encoding: chunked,\";              CODING_UNKNOWN",
                "1.1 ; \"Transfer-Encoding: , chunked\";             CODING",
                "1.1 ; Transfer-Encoding: chunked|Transfer-Encoding: chunked; CODING",
                "1.1 ; Transfer-Encoding: gzip|Transfer-Encoding: chunked;    CODING",
                "1.1 ; Transfer-Encoding:;                           CODING",
                "1.1 ; Transfer-Encoding: \"\"chunked\"\";           CODING",
                "1.1 ; Connection: close;                            NONE close",
                "1.1 ; Connection: CLOSE;                            NONE close",
                "1.0 ; Connection: keep-alive;                       NONE keep",
                "1.0 ; \"Connection: keep-alive, close\";            NONE close",
                "1.1 ; Connection: keep-alive|Connection: close;     NONE close",
                "1.1 ; \"Connection: X-A,,X-B\";                     NONE keep names",
                "1.1 ; \"Connection: , \t,close\";                   NONE close",
                "1.1 ; Connection: Host;                             CONNECTION",
                "1.1 ; Connection: content-length;                   CONNECTION",
                "1.1 ; Connection: Transfer-Encoding;                CONNECTION",
                "1.1 ; Connection: X-Forwarded-For;                  CONNECTION",
                "1.1 ; Connection: Authorization;                    CONNECTION",
                "1.1 ; \"Connection: close, cookie\";                CONNECTION",
                "1.1 ; Connection: Upgrade;                          NONE keep",
                "1.1 ; Upgrade: websocket;                           NONE keep",
                "1.1 ; Connection: upgrade|Upgrade: websocket;       NONE keep upgrade",
                "1.0 ; Connection: upgrade|Upgrade: websocket;       NONE close",
                "1.1 ; Connection: upgrade|Upgrade: h2c;             NONE keep",
                "1.1 ; Connection: upgrade|Upgrade: x|Content-Length: 5; LENGTH 5 keep",
                "1.1 ; Expect: 100-continue;                         NONE keep",
                "1.1 ; Expect: 100-Continue|Content-Length: 5;       LENGTH 5 keep expect",
                "1.1 ; Expect: 100-continue|Transfer-Encoding: chunked; CHUNKED keep expect",
                "1.0 ; Expect: 100-continue|Content-Length: 5;       LENGTH 5 close",
            })
    void aRequestIsFramedInOneWayOrRefused(
            String version, @Nullable String fields, String expected) {
        String host = fields == null ? "Host: h" : "Host: h|" + fields;
        assertThat(ofRequest("POST / HTTP/" + version, host)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "GET / HTTP/1.1;                      ;                  HOST_MISSING",
                "GET / HTTP/1.0;                      ;                  NONE close",
                "GET / HTTP/1.1;                      Host:;             HOST",
                "GET / HTTP/1.1;                      Host: a|Host: a;   HOST_REPEATED",
                "GET / HTTP/1.0;                      Host: a|Host: b;   HOST_REPEATED",
                "GET / HTTP/1.1;                      Host: a:80;        NONE keep",
                "GET / HTTP/1.1;                      Host: a:65536;     HOST",
                "GET / HTTP/1.1;                      Host: a:8x;        HOST",
                "GET / HTTP/1.1;                      Host: a b;         HOST",
                "GET / HTTP/1.1;                      \"Host: a, b\";    HOST",
                "GET / HTTP/1.1;                      Host: u@a;         HOST",
                "GET / HTTP/1.1;                      Host: a/b;         HOST",
                "GET / HTTP/1.1;                      Host: [::1]:80;    NONE keep",
                "GET / HTTP/1.1;                      Host: [::1;        HOST",
                "GET / HTTP/1.1;                      Host: http://a;    NONE keep",
                "GET http://a/x HTTP/1.1;             Host: a;           NONE keep",
                "GET HTTP://A/x HTTP/1.1;             Host: a;           NONE keep",
                "GET http://a:80/x HTTP/1.1;          Host: a;           HOST_DIFFERS",
                "GET http://a/x HTTP/1.1;             Host: b;           HOST_DIFFERS",
                "GET http://a?x HTTP/1.1;             Host: a;           NONE keep",
                "GET http:///x HTTP/1.1;              Host: a;           TARGET",
                "GET http://u@a/x HTTP/1.1;           Host: a;           TARGET",
                "GET ftp://a/x HTTP/1.1;              Host: a;           TARGET",
                "GET a HTTP/1.1;                      Host: a;           TARGET",
                "OPTIONS * HTTP/1.1;                  Host: a;           NONE keep",
                "GET * HTTP/1.1;                      Host: a;           TARGET",
                "OPTIONS *x HTTP/1.1;                 Host: a;           TARGET",
                "CONNECT a:80 HTTP/1.1;               Host: a:80;        CONNECT",
                "CONNECT / HTTP/1.1;                  Host: a;           CONNECT",
            })
    void aRequestMeansOneHostOrIsRefused(String line, @Nullable String fields, String expected) {
        assertThat(ofRequest(line, fields)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "1.1 200; GET;  ;                                             UNTIL_CLOSE close",
                "1.0 200; GET;  ;                                             UNTIL_CLOSE close",
                "1.1 200; GET;  Content-Length: 5;                            LENGTH 5 keep",
                "1.1 200; GET;  Content-Length: 0;                            NONE keep",
                "1.0 200; GET;  Content-Length: 5;                            LENGTH 5 close",
                "1.0 200; GET;  Content-Length: 5|Connection: keep-alive;     LENGTH 5 keep",
                "1.1 200; GET;  Content-Length: 5|Connection: close;          LENGTH 5 close",
                "1.1 200; GET;  Transfer-Encoding: chunked;                   CHUNKED keep",
                "1.0 200; GET;  Transfer-Encoding: chunked;                   CODING_IN_1_0",
                "1.1 200; GET;  Transfer-Encoding: gzip;                      CODING_UNKNOWN",
                "1.1 200; GET;  Transfer-Encoding: chunked|Content-Length: 5; LENGTH_AND_CODING",
                "1.1 200; GET;  Content-Length: 5|Content-Length: 5;          LENGTH_REPEATED",
                "1.1 200; GET;  Content-Length: 5x;                           LENGTH",
                "1.1 200; HEAD; Content-Length: 5;                            NONE keep",
                "1.1 200; HEAD; Transfer-Encoding: chunked;                   NONE keep",
                "1.1 200; HEAD; ;                                             NONE keep",
                "1.1 204; GET;  ;                                             NONE keep",
                "1.1 204; GET;  Content-Length: 5;                            NONE keep",
                "1.1 304; GET;  Content-Length: 5;                            NONE keep",
                "1.1 304; GET;  Transfer-Encoding: chunked;                   NONE keep",
                "1.1 205; GET;  Content-Length: 5;                            LENGTH 5 keep",
                "1.1 103; GET;  ;                                             NONE keep",
                "1.1 100; POST; Content-Length: 5;                            INTERIM_LENGTH",
                "1.1 103; HEAD; Transfer-Encoding: chunked;                   INTERIM_LENGTH",
                "1.1 101; GET;  Connection: upgrade|Upgrade: x;               NONE keep upgrade",
                "1.1 204; GET;  Connection: X-Own;                            NONE keep names",
                "1.1 204; GET;  Connection: Set-Cookie;                       NONE keep",
                "1.1 204; GET;  Connection: Content-Length;                   CONNECTION",
            })
    void aResponseIsFramedInOneWayOrRefused(
            String line, Method asked, @Nullable String fields, String expected) {
        assertThat(ofResponse("HTTP/" + line, asked, fields)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked",
                "Connection: close",
                "Connection: X-A",
                "Connection: upgrade|Upgrade: x",
                "Content-Length: 7",
            })
    void nothingOfOneHeadIsLeftForTheNext(String field) {
        ofRequest("POST / HTTP/1.1", "Host: h|Expect: 100-continue|" + field);
        assertThat(ofRequest("GET / HTTP/1.1", "Host: h")).isEqualTo("NONE keep");
        ofRequest("POST / HTTP/1.1", "Host: h|Expect: 100-continue|" + field);
        assertThat(ofResponse("HTTP/1.1 204", Method.GET, null)).isEqualTo("NONE keep");
    }
}
