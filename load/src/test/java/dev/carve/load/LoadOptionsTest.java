package dev.carve.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoadOptionsTest {

    private static final Duration TEN = Duration.ofSeconds(10);

    @ParameterizedTest
    @CsvSource({
        "250us,PT0.00025S",
        "250ms,PT0.25S",
        "1.5s,PT1.5S",
        "1m30s,PT1M30S",
        "2h,PT2H",
        "24h,PT24H"
    })
    void durationsCarryTheirUnit(String text, Duration duration) {
        assertThat(LoadOptions.duration("--for", text)).isEqualTo(duration);
        assertThat(LoadOptions.duration("--for", PaceWords.duration(duration))).isEqualTo(duration);
    }

    @ParameterizedTest
    @CsvSource({
        "5,has no unit",
        "'',is empty",
        "s,is no duration",
        "-1s,is no duration",
        "1.2.3s,is no duration",
        "5d,has no known unit",
        "0s,is out of range",
        "25h,is out of range",
        "1s2,has no unit",
        "0.0001us,is no duration"
    })
    void otherDurationsAreRefusedByName(String text, String problem) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadOptions.duration("--for", text))
                .withMessage(
                        "--for: \"%s\" %s (expected: %s)",
                        text,
                        problem,
                        problem.endsWith("range")
                                ? "more than 0 and at most 24h"
                                : "a duration such as 250ms, 10s, 1m30s or 2h");
    }

    @Test
    void ratesAreConstantOrRampOrStretches() {
        assertThat(LoadOptions.rate("--rate", "20", Optional.of(TEN)))
                .isEqualTo(RateProfile.constant(20, TEN));
        assertThat(LoadOptions.rate("--rate", "0.5..80", Optional.of(TEN)))
                .isEqualTo(RateProfile.ramp(0.5, 80, TEN));
        assertThat(LoadOptions.rate("--rate", "10..80@30s,80@1m", Optional.empty()))
                .isEqualTo(
                        new RateProfile(
                                List.of(
                                        new RateProfile.Segment(10, 80, Duration.ofSeconds(30)),
                                        new RateProfile.Segment(80, 80, Duration.ofMinutes(1)))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "x", "-1", "1e3", "10...80", "10..", "..10", "0", "0..0", "1000001", "1,2"
            })
    void otherRatesAreRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadOptions.rate("--rate", text, Optional.of(TEN)))
                .withMessageStartingWith("--rate: \"" + text + "\" ")
                .withMessageContaining("(expected: ");
    }

    @Test
    void aRateHasItsDurationOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadOptions.rate("--rate", "20", Optional.empty()))
                .withMessageContaining("--for");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadOptions.rate("--rate", "20@5s", Optional.of(TEN)))
                .withMessageContaining("--for");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadOptions.rate("--rate", "20@5s,30", Optional.empty()));
    }

    @Test
    void headersAreANameAndAValue() {
        assertThat(LoadOptions.header("--header", "Accept:  a/b "))
                .isEqualTo(new LoadRequest.Header("Accept", "a/b"));
        assertThat(LoadOptions.header("--header", "X-Empty:"))
                .isEqualTo(new LoadRequest.Header("X-Empty", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Accept",
                ": x",
                "A b: c",
                "A: b\r\nC: d",
                "Content-Length: 5",
                "transfer-encoding: chunked",
                "Connection: close"
            })
    void headersThatWouldBreakFramingAreRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadOptions.header("--header", text))
                .withMessageStartingWith("--header: ");
    }

    @Test
    void bodiesAreTextOrFile() {
        assertThat(LoadOptions.body("--body", "{}")).isEqualTo(new LoadBody.Text("{}"));
        assertThat(LoadOptions.body("--body", "@a.json"))
                .isEqualTo(new LoadBody.File(Path.of("a.json")));
        assertThatIllegalArgumentException().isThrownBy(() -> LoadOptions.body("--body", "@"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "20", "600", "100", "1xx", "200,", "2xX"})
    void otherStatusesAreRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> LoadOptions.expect("--expect", text));
    }

    @Test
    void urlsNameHostPortAndPath() {
        assertThat(Target.parse("http://a.example"))
                .isEqualTo(new Target("a.example", 80, "a.example", "/"));
        assertThat(Target.parse("HTTP://127.0.0.1:81?x"))
                .isEqualTo(new Target("127.0.0.1", 81, "127.0.0.1:81", "/?x"));
        assertThat(Target.parse("http://[::1]:8080/a/{{int 1..5}}?b"))
                .isEqualTo(new Target("::1", 8080, "[::1]:8080", "/a/{{int 1..5}}?b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:80",
                "https://a/",
                "ftp://a/",
                "http://",
                "http:///x",
                "http://a:0/",
                "http://a:65536/",
                "http://a:x/",
                "http://::1/",
                "http://[::1/",
                "http://[::1]x/",
                "http://u:p@a/",
                "http://a/#f",
                "http://{{pick a,b}}/"
            })
    void otherUrlsAreRefused(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Target.parse(url))
                .withMessageStartingWith("URL: ")
                .withMessageNotContaining("u:p");
    }
}
