package dev.carve.carving.keep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactorTest {

    private static final String SECRET = "SeCrEt";

    private static Redactor with(String... json) {
        return new Redactor(
                new Redaction(List.of("X-Key"), List.of("token", "Sig"), List.of(json)));
    }

    private static Difference of(String target, List<Field> fields, SavedBody body) {
        return new Difference(
                OpenKeep.USERS,
                OpenKeep.THEN,
                List.of("/a"),
                new SavedRequest("GET", target, fields, body),
                new SavedAnswer(200, fields, body),
                new SavedAnswer(200, fields, body));
    }

    private static String target(String target) {
        return with().redact(of(target, List.of(), SavedBody.EMPTY)).request().target();
    }

    private static String body(Redactor redactor, String type, String body) {
        List<Field> fields = type.isEmpty() ? List.of() : List.of(new Field("Content-Type", type));
        SavedAnswer answer = redactor.redact(of("/", fields, OpenKeep.body(body))).newAnswer();
        assertThat(answer.body().length()).isEqualTo(body.getBytes(StandardCharsets.UTF_8).length);
        return new String(answer.body().bytes(), StandardCharsets.UTF_8);
    }

    private static String json(String body, String... json) {
        return body(with(json), "", body);
    }

    @Test
    void fieldsThatHoldSecretsAreHiddenOnAllSides() {
        List<Field> fields =
                List.of(
                        new Field("Authorization", "Basic abc"),
                        new Field("proxy-authorization", "Basic abc"),
                        new Field("COOKIE", "a=b"),
                        new Field("Set-Cookie", "a=b; Path=/"),
                        new Field("x-key", "abc"),
                        new Field("Accept", "text/html"),
                        new Field("Location", "https://a/b?token=abc&x=1"));
        Difference redacted = with().redact(of("/", fields, SavedBody.EMPTY));
        List<Field> expected =
                List.of(
                        new Field("Authorization", "***"),
                        new Field("proxy-authorization", "***"),
                        new Field("COOKIE", "***"),
                        new Field("Set-Cookie", "***"),
                        new Field("x-key", "***"),
                        new Field("Accept", "text/html"),
                        new Field("Location", "https://a/b?token=***&x=1"));
        assertThat(redacted.request().fields()).isEqualTo(expected);
        assertThat(redacted.oldAnswer().fields()).isEqualTo(expected);
        assertThat(redacted.newAnswer().fields()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/a, /a",
        "/a?, /a?",
        "/a?token=1, /a?token=***",
        "/a?TOKEN=1&x=2&sig=, /a?TOKEN=***&x=2&sig=",
        "/a?x=token=1&token, /a?x=token=1&token",
        "/a?tok%65n=1, /a?tok%65n=***",
        "/a?&&token=a=b&, /a?&&token=***&",
        "/a#token=1, /a#token=***",
        "/a?x=1;token=1, /a?x=1;token=***",
        "/a?back=/b?token=1&x=2, /a?back=/b?token=***&x=2",
        "/a?back=%2Fb%3Ftoken%3D1%26x%3D2&y=3, /a?back=%2Fb%3Ftoken%3D***%26x%3D2&y=3",
    })
    void parametersThatHoldSecretsAreHidden(String target, String expected) {
        assertThat(target(target)).isEqualTo(expected);
    }

    @Test
    void formsAreTreatedAsTargets() {
        assertThat(
                        body(
                                with(),
                                "application/x-www-form-urlencoded; charset=utf-8",
                                "user=ä&token=1&x=2"))
                .isEqualTo("user=ä&token=***&x=2");
    }

    @Test
    void placesInJsonAreHiddenAndEveryOtherByteStays() {
        assertThat(json(" { \"a\" : [ 1 , {\"t\":{\"x\":[1,\"}\"]}} ],\n\"t\":2 } ", "/a/*/t"))
                .isEqualTo(" { \"a\" : [ 1 , {\"t\":\"***\"} ],\n\"t\":2 } ");
        assertThat(json("{\"a\":[5,6,7]}", "/a/1")).isEqualTo("{\"a\":[5,\"***\",7]}");
        assertThat(json("{\"x\":{\"y\":1}}", "/x", "/x/y")).isEqualTo("{\"x\":\"***\"}");
        assertThat(json("{\"x\":{\"y\":1},\"y\":2}", "/x/y/z"))
                .isEqualTo("{\"x\":{\"y\":1},\"y\":2}");
        assertThat(json("[{\"t\":true},{\"t\":null}]", "/*/t"))
                .isEqualTo("[{\"t\":\"***\"},{\"t\":\"***\"}]");
        assertThat(json("{\"a/b\":{\"m~n\":1}}", "/a~1b/m~0n"))
                .isEqualTo("{\"a/b\":{\"m~n\":\"***\"}}");
        assertThat(json("{}", "/a")).isEqualTo("{}");
        assertThat(json("[]", "/a")).isEqualTo("[]");
    }

    @Test
    void namesAreHiddenAtAnyDepthHoweverTheyAreWritten() {
        assertThat(json("{\"a\":[{\"Pass\":\"x\"}],\"pass\":1,\"passes\":2}", "pass"))
                .isEqualTo("{\"a\":[{\"Pass\":\"***\"}],\"pass\":\"***\",\"passes\":2}");
        assertThat(json("{\"\\u0070ass\":1,\"p\\\\ass\":2}", "pass"))
                .isEqualTo("{\"\\u0070ass\":\"***\",\"p\\\\ass\":2}");
        assertThat(json("{\"pass\":1,\"pass\":2}", "/pass"))
                .isEqualTo("{\"pass\":\"***\",\"pass\":\"***\"}");
    }

    @Test
    void valuesOneAfterTheOtherAreAllSeen() {
        assertThat(json("{\"t\":1}\n{\"t\":2}\n", "/t"))
                .isEqualTo("{\"t\":\"***\"}\n{\"t\":\"***\"}\n");
    }

    @Test
    void nothingIsKeptFromWhereTextStopsBeingJson() {
        assertThat(json("{\"a\":1,'t':\"x\"}", "t")).isEqualTo("{\"a\":1,");
        assertThat(json("{\"a\":1 /* c */,\"t\":2}", "t")).isEqualTo("{\"a\":1 ");
        assertThat(body(with("t"), "application/json", "\u0000{\"t\":1}")).isEmpty();
        assertThat(body(with("t"), "application/vnd.a+json", "\uFEFF{\"t\":1}"))
                .isEqualTo("\uFEFF{\"t\":\"***\"}");
        assertThat(json("[".repeat(5_000), "t")).hasSizeLessThan(300);
    }

    @Test
    void bodyThatIsCodedIsLeftOut() {
        List<Field> gzip = List.of(new Field("content-encoding", "GZIP"));
        assertThat(with("t").redact(of("/", gzip, OpenKeep.body("abc"))).newAnswer().body())
                .isEqualTo(new SavedBody(new byte[0], 3));
        Redactor nothing = new Redactor(new Redaction(List.of(), List.of(), List.of()));
        assertThat(nothing.redact(of("/", gzip, OpenKeep.body("abc"))).newAnswer().body())
                .isEqualTo(OpenKeep.body("abc"));
    }

    @Test
    void formInSeveralPartsIsLeftOut() {
        assertThat(body(with("t"), "multipart/form-data; boundary=x", "--x\r\n\r\nabc")).isEmpty();
    }

    @Test
    void otherBodiesStayAsTheyAre() {
        assertThat(body(with("t"), "text/html", "<p t=1>token=1</p>"))
                .isEqualTo("<p t=1>token=1</p>");
    }

    /** Random JSON with a secret in some places, cut anywhere: no byte of it is left. */
    @Test
    void noSecretSurvivesWhereverABodyIsCut() {
        for (int round = 0; round < 60; round++) {
            long seed = 5_000L + round;
            RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            StringBuilder text = new StringBuilder();
            write(text, random, 0);
            byte[] whole = text.toString().getBytes(StandardCharsets.UTF_8);
            JsonRedaction redaction =
                    new JsonRedaction(
                            List.of(List.of("*", "t"), List.of("a", "*", "u")), List.of("S"));
            for (int cut = 0; cut <= whole.length; cut++) {
                String kept =
                        new String(
                                redaction.redact(Arrays.copyOf(whole, cut)),
                                StandardCharsets.UTF_8);
                // A name may stand anywhere, so it is told by what surrounds no other text.
                assertThat(kept).as("seed %d, cut at %d", seed, cut).doesNotContain("#");
            }
            String kept = new String(redaction.redact(whole), StandardCharsets.UTF_8);
            assertThat(Collections.frequency(chars(kept), '{'))
                    .as("seed %d: %s from %s", seed, kept, text)
                    .isEqualTo(Collections.frequency(chars(kept), '}'));
            assertThat(
                            new String(
                                    redaction.redact(kept.getBytes(StandardCharsets.UTF_8)),
                                    StandardCharsets.UTF_8))
                    .as("seed %d: again", seed)
                    .isEqualTo(kept);
        }
    }

    private static List<Character> chars(String text) {
        return text.chars().mapToObj(c -> (char) c).toList();
    }

    /** Any JSON; each member named s holds a text with a secret's mark. */
    private static void write(StringBuilder text, RandomGenerator random, int depth) {
        switch (depth > 4 ? random.nextInt(3) : random.nextInt(6)) {
            case 0 -> text.append(random.nextInt(1_000));
            case 1 -> text.append("true");
            case 2 -> text.append("\"plain \\\" \\\\ ü\"");
            case 3 -> {
                text.append("[ ");
                int count = random.nextInt(3);
                for (int i = 0; i < count; i++) {
                    text.append(i == 0 ? "" : ",");
                    write(text, random, depth + 1);
                }
                text.append(']');
            }
            default -> {
                text.append("{\"s\":").append(random.nextBoolean() ? "" : " ");
                text.append(random.nextBoolean() ? "\"#\\\"#\"" : "[1,{\"x\":\"#\"},\"#\"]");
                int count = random.nextInt(3);
                for (int i = 0; i < count; i++) {
                    text.append(",\"").append("atuz".charAt(random.nextInt(4))).append("\":");
                    write(text, random, depth + 1);
                }
                text.append('}');
            }
        }
    }

    @Test
    void tooManyPathsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new Redaction(List.of(), List.of(), Collections.nCopies(65, "/a")))
                .withMessage("65 JSON paths (expected: at most 64)");
        with(Collections.nCopies(64, "/a/" + SECRET).toArray(String[]::new));
    }
}
