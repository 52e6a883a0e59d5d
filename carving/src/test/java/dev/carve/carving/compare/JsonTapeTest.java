package dev.carve.carving.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

class JsonTapeTest {

    /**
     * Where RFC 8259 lets parsers differ: surrogates, which stand for themselves here and must come
     * in pairs there, and exponents that no type holds.
     */
    private static final Pattern LEFT_OPEN = Pattern.compile("u[dD][89a-fA-F]|[eE][+-]?\\d{7}");

    private final JsonTape tape = new JsonTape(1 << 16, 100);

    private JsonTape.Outcome parse(String text) {
        byte[] bytes = Answers.bytes(text);
        return tape.parse(bytes, 0, bytes.length, Answers.SEED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                " [ ] ",
                "0",
                "-0.0e-0",
                "1E+5",
                "\"\"",
                "\"\\u00e9\\n\"",
                "true",
                "null",
                "[1,2,[3]]",
                "{\"a\":{\"b\":[{}]},\"a\":1}",
                "\uFEFF{}",
                "\"\u007f\"",
                "[[],{}]"
            })
    void acceptsJson(String text) {
        assertThat(parse(text)).isEqualTo(JsonTape.Outcome.PARSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[",
                "}",
                "]",
                "[1,]",
                "{\"a\":1,}",
                "{,}",
                "[,]",
                "{\"a\"}",
                "{\"a\":}",
                "{a:1}",
                "'a'",
                "01",
                "-",
                "1.",
                ".5",
                "1e",
                "1e+",
                "+1",
                "0x1",
                "NaN",
                "tru",
                "truex",
                "nulll",
                "\"",
                "\"\\",
                "\"\\u12\"",
                "\"\\u12g4\"",
                "\"\\x\"",
                "\"\n\"",
                "\"\u0001\"",
                "1 2",
                "{} {}",
                "[1}",
                "{\"a\":1]",
                "[1 2]",
                "{\"a\" 1}",
                "/**/1",
                "\u00a01",
                "\"\\u00"
            })
    void refusesWhatIsNoJson(String text) {
        assertThat(parse(text)).isEqualTo(JsonTape.Outcome.NOT_JSON);
    }

    @Test
    void refusesControlsAndFindsQuotesAtEveryPositionOfAWord() {
        for (int length = 0; length < 40; length++) {
            String plain = "é".repeat(length / 2) + "x".repeat(length % 2);
            assertThat(parse("\"" + plain + "\"")).isEqualTo(JsonTape.Outcome.PARSED);
            assertThat(parse("\"" + plain + "\u001f\"")).isEqualTo(JsonTape.Outcome.NOT_JSON);
            assertThat(parse("\"" + plain + "\" \"")).isEqualTo(JsonTape.Outcome.NOT_JSON);
            assertThat(parse("\"" + plain + "\\\"\"")).isEqualTo(JsonTape.Outcome.PARSED);
        }
    }

    @Test
    void stopsAtTheBounds() {
        assertThat(parse("[".repeat(100) + "1" + "]".repeat(100)))
                .isEqualTo(JsonTape.Outcome.PARSED);
        assertThat(parse("[".repeat(101) + "1" + "]".repeat(101)))
                .isEqualTo(JsonTape.Outcome.TOO_DEEP);
        JsonTape small = new JsonTape(16, 10);
        byte[] fits = Answers.bytes("[" + "1,".repeat(14) + "1]");
        byte[] tooMany = Answers.bytes("[" + "1,".repeat(15) + "1]");
        assertThat(small.parse(fits, 0, fits.length, 1)).isEqualTo(JsonTape.Outcome.PARSED);
        assertThat(small.parse(tooMany, 0, tooMany.length, 1)).isEqualTo(JsonTape.Outcome.TOO_MANY);
    }

    @Test
    void agreesWithAnotherParserOnWhatIsJson() {
        int refused = 0;
        for (long seed = 1; seed <= 20_000; seed++) {
            byte[] bytes = mutated(new Random(seed), true);
            if (LEFT_OPEN.matcher(new String(bytes, StandardCharsets.UTF_8)).find()) {
                continue;
            }
            boolean json = isJson(bytes);
            assertThat(tape.parse(bytes, 0, bytes.length, seed))
                    .as("seed %d: %s", seed, new String(bytes, StandardCharsets.UTF_8))
                    .isEqualTo(json ? JsonTape.Outcome.PARSED : JsonTape.Outcome.NOT_JSON);
            refused += json ? 0 : 1;
        }
        assertThat(refused).isBetween(2_000, 18_000);
    }

    @Test
    void neverThrowsAndNeverLooksOutsideOfItsRange() {
        for (long seed = 50_001; seed <= 70_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = mutated(random, false);
            int cut = random.nextInt(bytes.length + 1);
            byte[] alone = Arrays.copyOf(bytes, cut);
            // What follows would end the document, or continue it.
            byte[] padded = new byte[cut + 40];
            Arrays.fill(padded, (byte) "\"]}0 ,".charAt(random.nextInt(6)));
            System.arraycopy(bytes, 0, padded, 20, cut);
            JsonTape.Outcome expected = tape.parse(alone, 0, cut, seed);
            assertThat(tape.parse(padded, 20, 20 + cut, seed))
                    .as("seed %d: %s", seed, new String(alone, StandardCharsets.UTF_8))
                    .isEqualTo(expected);
        }
    }

    @Test
    void malformedBodiesAreComparedWithoutAnException() {
        try (Comparer comparer = new Comparer(Bounds.DEFAULT)) {
            Rules rules = Answers.rules(Answers.ignoring("/a", "/*/b"));
            for (long seed = 80_001; seed <= 90_000; seed++) {
                Random random = new Random(seed);
                Answer old = Answers.answer("application/json", mutated(random, false));
                Answer fresh = Answers.answer("application/json", mutated(random, false));
                Comparison comparison = comparer.compare(rules, old, fresh);
                assertThat(comparison)
                        .as("seed %d", seed)
                        .isNotInstanceOf(Comparison.Skipped.class);
            }
        }
    }

    private static byte[] mutated(Random random, boolean ascii) {
        Documents documents = new Documents(random);
        byte[] bytes = documents.write(documents.tree());
        if (ascii) {
            // Another parser also checks UTF-8, which this one leaves open.
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = bytes[i] < 0 ? (byte) 'u' : bytes[i];
            }
        }
        String pool = "{}[],:\"\\0123456789.eE+-tfn u/\n\t\u0001";
        for (int i = random.nextInt(3); i > 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            byte b =
                    ascii
                            ? (byte) pool.charAt(random.nextInt(pool.length()))
                            : (byte) random.nextInt(256);
            switch (random.nextInt(3)) {
                case 0 -> bytes[at] = b;
                case 1 -> bytes = Arrays.copyOf(bytes, at);
                default -> {
                    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
                    System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
                    longer[at] = b;
                    bytes = longer;
                }
            }
        }
        return bytes;
    }

    private static boolean isJson(byte[] bytes) {
        try {
            Tree.parse(bytes);
            return true;
        } catch (JacksonException | IllegalArgumentException e) {
            return false;
        }
    }
}
