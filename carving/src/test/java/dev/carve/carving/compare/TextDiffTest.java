package dev.carve.carving.compare;

import static dev.carve.carving.compare.Answers.answer;
import static dev.carve.carving.compare.Answers.compare;
import static dev.carve.carving.compare.Answers.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextDiffTest {

    private static final Comparison SAME = new Comparison.Same(Way.TEXT, null);

    private static RuleSource rules(String tolerance, String pattern, String... numbers) {
        return new RuleSource(
                List.of(),
                List.of(),
                List.of(),
                tolerance.isEmpty() ? Map.of() : Map.of("", tolerance),
                pattern.isEmpty()
                        ? List.of()
                        : List.of(new RuleSource.Replacement(pattern, "($1)")),
                List.of(numbers),
                List.of(),
                List.of());
    }

    private static boolean same(RuleSource rules, String old, String fresh) {
        return compare(rules, text(old), text(fresh)).equals(SAME);
    }

    @Test
    void numbersInTextAreComparedWithinTheTolerance() {
        RuleSource rules = rules("0.5%", "");
        assertThat(same(rules, "Counted to 4950000", "Counted to 4960000")).isTrue();
        assertThat(same(rules, "Counted to 4950000", "Counted to 5050000")).isFalse();
        assertThat(same(rules, "Counted to 100", "Counted to  100")).isFalse();
        assertThat(same(rules, "Counted to 100", "counted to 100.1")).isFalse();
        assertThat(same(rules, "1 and -2.50e1", "1.001 and -25.1")).isTrue();
        assertThat(same(rules, "1 and 2", "1")).isFalse();
        assertThat(same(rules("", ""), "Counted to 4950000", "Counted to 4950001")).isFalse();
    }

    @Test
    void onlyTheNumbersOfThePatternsMayDiffer() {
        RuleSource rules = rules("10%", "", "sum=(\\d+)", "\\d+ms");
        assertThat(same(rules, "id=1 sum=100", "id=1 sum=101")).isTrue();
        assertThat(same(rules, "id=100 sum=100", "id=101 sum=100")).isFalse();
        assertThat(same(rules, "took 100ms", "took 101ms")).as("the match is no number").isFalse();
    }

    @Test
    void replacementsAreTakenLiterally() {
        RuleSource rules = rules("", "took \\d+ ms");
        assertThat(same(rules, "a took 1 ms b", "a took 27 ms b")).isTrue();
        assertThat(same(rules, "a took 1 ms b", "a ($1) b")).isTrue();
        assertThat(same(rules, "a took 1 ms b", "a took 1 ms c")).isFalse();
    }

    @Test
    void hugeExponentsAreComparedAsText() {
        assertThat(same(rules("1%", ""), "1e999999999", "2e999999999")).isFalse();
        assertThat(same(rules("1%", ""), "1e999999999 1", "1e999999999 1.001")).isTrue();
    }

    @Test
    void aPatternThatTakesTooLongSkipsTheComparison() {
        RuleSource slow = rules("", "a*a*a*a*a*a*b");
        assertThat(compare(slow, text("a".repeat(500) + "c"), text("a".repeat(500) + "d")))
                .isEqualTo(new Comparison.Skipped(Reason.SLOW_PATTERN));
        RuleSource deep = rules("", "(x|y)*z");
        String text = "xy".repeat(200_000);
        assertThat(compare(deep, text(text + "1"), text(text + "2")))
                .isEqualTo(new Comparison.Skipped(Reason.SLOW_PATTERN));
    }

    @Test
    void replacingStopsBeforeATextGrowsWithoutBound() {
        RuleSource growing =
                new RuleSource(
                        List.of(),
                        List.of(),
                        List.of(),
                        Map.of(),
                        List.of(new RuleSource.Replacement("x", "y".repeat(1_000))),
                        List.of(),
                        List.of(),
                        List.of());
        assertThat(compare(growing, text("x".repeat(20_000) + "1"), text("2")))
                .isEqualTo(new Comparison.Skipped(Reason.SLOW_PATTERN));
    }

    @Test
    void textsAreReadInTheirCharset() {
        byte[] latin = "é".getBytes(StandardCharsets.ISO_8859_1);
        RuleSource noHeaders =
                new RuleSource(
                        List.of(),
                        List.of(),
                        List.of(),
                        Map.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of("Content-Type"));
        assertThat(
                        compare(
                                noHeaders,
                                text("é"),
                                answer("text/plain; charset=\"iso-8859-1\"", latin)))
                .isEqualTo(SAME);
        // Bytes that are no UTF-8 must not all become one replacement character.
        assertThat(
                        compare(
                                rules("1%", ""),
                                answer("text/plain", new byte[] {(byte) 0xFE}),
                                answer("text/plain", new byte[] {(byte) 0xFF})))
                .isInstanceOf(Comparison.Different.class);
    }
}
