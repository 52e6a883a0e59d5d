package dev.carve.carving.compare;

import static dev.carve.carving.compare.Answers.answer;
import static dev.carve.carving.compare.Answers.bytes;
import static dev.carve.carving.compare.Answers.compare;
import static dev.carve.carving.compare.Answers.differences;
import static dev.carve.carving.compare.Answers.fields;
import static dev.carve.carving.compare.Answers.ignoring;
import static dev.carve.carving.compare.Answers.json;
import static dev.carve.carving.compare.Answers.jsonDifferences;
import static dev.carve.carving.compare.Answers.paths;
import static dev.carve.carving.compare.Answers.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparerTest {

    private static final RuleSource NONE = RuleSource.NONE;

    // JSON.

    @Test
    void orderOfKeysAndSpellingDoNotMatter() {
        assertThat(
                        compare(
                                NONE,
                                json("{\"a\":1,\"b\":[1.0,\"A\\u00e9\"],\"c\":{\"d\":null}}"),
                                json(
                                        "{ \"c\":{\"\\u0064\":null},\n\"b\":[1e0,\"\\u0041é\"],\"a\":10e-1}")))
                .isEqualTo(new Comparison.Same(Way.JSON, null));
    }

    @Test
    void numbersAreComparedExactly() {
        assertThat(jsonDifferences(NONE, "[9007199254740993]", "[9007199254740992]"))
                .containsExactly("CHANGED /*");
        assertThat(jsonDifferences(NONE, "[0.1]", "[0.1000000000000000055511151231257827]"))
                .containsExactly("CHANGED /*");
    }

    @Test
    void saysWhereAndHowItDiffers() {
        assertThat(
                        jsonDifferences(
                                NONE,
                                "{\"a\":{\"x\":1,\"y\":true},\"gone\":[],\"t\":1}",
                                "{\"a\":{\"x\":2,\"y\":false},\"t\":\"1\",\"new/~\":0}"))
                .containsExactlyInAnyOrder(
                        "CHANGED /a/x",
                        "CHANGED /a/y",
                        "MISSING /gone",
                        "TYPE /t",
                        "ADDED /new~1~0");
    }

    @Test
    void countsAnArraysDifferencesAtOnePath() {
        Comparison comparison =
                compare(
                        NONE,
                        json("[{\"p\":1},{\"p\":2},{\"p\":3}]"),
                        json("[{\"p\":1},{\"p\":3},{\"p\":4}]"));
        assertThat(comparison)
                .isEqualTo(
                        new Comparison.Different(
                                Way.JSON,
                                null,
                                List.of(
                                        new Difference(
                                                new Place(Part.BODY, "/*/p"),
                                                Difference.Kind.CHANGED,
                                                2)),
                                0));
    }

    @Test
    void repeatedKeysAreComparedInTheirOrder() {
        assertThat(jsonDifferences(NONE, "{\"a\":1,\"b\":0,\"a\":2}", "{\"b\":0,\"a\":1,\"a\":2}"))
                .isEmpty();
        assertThat(jsonDifferences(NONE, "{\"a\":1,\"a\":2}", "{\"a\":2,\"a\":1}"))
                .containsExactly("CHANGED /a");
        assertThat(jsonDifferences(NONE, "{\"a\":1,\"a\":2}", "{\"a\":1}"))
                .containsExactly("MISSING /a");
    }

    @Test
    void keepsOnlySoManyDifferencesAndCountsTheRest() {
        StringBuilder old = new StringBuilder("{");
        StringBuilder fresh = new StringBuilder("{");
        for (int i = 0; i < 100; i++) {
            old.append(i == 0 ? "" : ",").append("\"k").append(i).append("\":1");
            fresh.append(i == 0 ? "" : ",").append("\"k").append(i).append("\":2");
        }
        Comparison.Different different =
                (Comparison.Different)
                        compare(
                                NONE,
                                json(old.append('}').toString()),
                                json(fresh.append('}').toString()));
        assertThat(different.differences()).hasSize(64);
        assertThat(different.more()).isEqualTo(36);
    }

    @Test
    void cutsLongPaths() {
        String key = "k".repeat(10_000);
        List<String> found = jsonDifferences(NONE, "{\"" + key + "\":1}", "{\"" + key + "\":2}");
        assertThat(found.getFirst()).hasSize("CHANGED ".length() + 256).endsWith("k…");
    }

    // Rules.

    @Test
    void ignoresPathsWithAllBelow() {
        RuleSource rules = ignoring("/at", "/items/*/seen", "/a~1b");
        assertThat(
                        jsonDifferences(
                                rules,
                                "{\"at\":{\"x\":1},\"a/b\":1,\"items\":[{\"id\":1,\"seen\":1}]}",
                                "{\"items\":[{\"seen\":[2],\"id\":1}],\"a/b\":2}"))
                .isEmpty();
        assertThat(jsonDifferences(rules, "{\"items\":[{\"id\":1}]}", "{\"items\":[{\"id\":2}]}"))
                .containsExactly("CHANGED /items/*/id");
    }

    @Test
    void comparesOnlyWhatIsAskedFor() {
        RuleSource rules = paths(List.of("/a/x/no"), List.of("/a/x"), List.of(), Map.of());
        assertThat(jsonDifferences(rules, "{\"a\":{\"x\":1,\"y\":1}}", "{\"a\":{\"x\":1},\"b\":1}"))
                .isEmpty();
        assertThat(jsonDifferences(rules, "{\"a\":{\"x\":1}}", "{\"a\":[]}"))
                .containsExactly("MISSING /a/x");
        assertThat(jsonDifferences(rules, "{\"a\":{}}", "{\"a\":null}")).isEmpty();
        assertThat(jsonDifferences(rules, "[]", "{\"a\":{\"x\":{\"no\":1}}}"))
                .containsExactly("ADDED /a/x");
        assertThat(
                        jsonDifferences(
                                rules, "{\"a\":{\"x\":{}}}", "{\"a\":{\"x\":{\"no\":1,\"z\":1}}}"))
                .containsExactly("ADDED /a/x/z");
    }

    @Test
    void sortedArraysAreMultisets() {
        RuleSource rules = paths(List.of(), List.of(), List.of("/tags", "/o"), Map.of());
        assertThat(
                        jsonDifferences(
                                rules,
                                "{\"tags\":[\"a\",\"b\",1,\"b\"],\"o\":[{\"i\":1,\"v\":2},{\"i\":2}]}",
                                "{\"o\":[{\"i\":2},{\"v\":2.0,\"i\":1}],\"tags\":[\"b\",1.0,\"\\u0062\",\"a\"]}"))
                .isEmpty();
        assertThat(jsonDifferences(rules, "{\"tags\":[1,2,3]}", "{\"tags\":[3,1]}"))
                .containsExactly("MISSING /tags/*");
        assertThat(
                        jsonDifferences(
                                rules,
                                "{\"o\":[{\"i\":1,\"v\":2},{\"i\":2}]}",
                                "{\"o\":[{\"i\":2},{\"i\":1,\"v\":3}]}"))
                .containsExactly("CHANGED /o/*/v");
        assertThat(jsonDifferences(rules, "{\"x\":[1,2]}", "{\"x\":[2,1]}"))
                .containsExactly("CHANGED /x/*");
    }

    @Test
    void equalHashesAreNoProof() {
        RuleSource rules = paths(List.of(), List.of(), List.of(""), Map.of());
        // The hash of an object does not know the order of a repeated key.
        assertThat(jsonDifferences(rules, "[{\"a\":1,\"a\":2},3]", "[3,{\"a\":2,\"a\":1}]"))
                .containsExactly("CHANGED /*/a");
    }

    @Test
    void sortedNumbersFindTheirNearestPartners() {
        RuleSource rules = paths(List.of(), List.of(), List.of(""), Map.of("", "0.5%"));
        assertThat(jsonDifferences(rules, "[1.000,1.004]", "[1.008,1.004]")).isEmpty();
        assertThat(jsonDifferences(rules, "[1.000,1.004]", "[1.02,1.004]"))
                .containsExactly("CHANGED /*");
    }

    @Test
    void theLongestPathsToleranceHolds() {
        RuleSource rules =
                paths(
                        List.of(),
                        List.of(),
                        List.of(),
                        Map.of("/s", "1%", "/s/*", "0.01", "/s/x", "10"));
        assertThat(
                        jsonDifferences(
                                rules,
                                "{\"s\":{\"x\":1,\"y\":1}}",
                                "{\"s\":{\"x\":11,\"y\":1.01}}"))
                .isEmpty();
        assertThat(
                        jsonDifferences(
                                rules,
                                "{\"s\":{\"x\":1,\"y\":1}}",
                                "{\"s\":{\"x\":11.1,\"y\":1.011}}"))
                .containsExactly("CHANGED /s/x", "CHANGED /s/y");
        assertThat(jsonDifferences(rules, "{\"t\":100}", "{\"t\":100.1}"))
                .containsExactly("CHANGED /t");
    }

    @Test
    void indexesNameElementsOfOrderedArrays() {
        assertThat(jsonDifferences(ignoring("/1"), "[1,2,3]", "[1,9,3]")).isEmpty();
        assertThat(jsonDifferences(ignoring("/1"), "[1,2,3]", "[1,2,9]"))
                .containsExactly("CHANGED /*");
    }

    // Bodies that are not what they say.

    @Test
    void fallsBackToTextWithTheReason() {
        Comparison comparison = compare(NONE, json("{\"a\":1}"), json("<html>"));
        assertThat(comparison.way()).isEqualTo(Way.TEXT);
        assertThat(comparison.reason()).isEqualTo(Reason.NOT_JSON);
        String deep = "[".repeat(300) + "]".repeat(300);
        assertThat(compare(NONE, json(deep), json(deep + " ")).reason()).isEqualTo(Reason.TOO_DEEP);
        String many = "[" + "1,".repeat(1 << 18) + "1]";
        assertThat(compare(NONE, json(many), json(many + " ")).reason())
                .isEqualTo(Reason.TOO_MANY_VALUES);
    }

    @Test
    void guessesJsonWhereNobodySaysWhatItIs() {
        Answer old = Answer.of(200, Fields.NONE, bytes("{\"a\":1}"));
        assertThat(compare(NONE, old, Answer.of(200, Fields.NONE, bytes("{\"a\":1.0}"))).way())
                .isEqualTo(Way.JSON);
        assertThat(compare(NONE, old, Answer.of(200, Fields.NONE, bytes("{x"))))
                .extracting(Comparison::way, Comparison::reason)
                .containsExactly(Way.TEXT, null);
    }

    @Test
    void comparesAllElseByBytes() {
        Comparison comparison =
                compare(NONE, answer("image/png", bytes("a")), answer("image/png", bytes("b")));
        assertThat(comparison.way()).isEqualTo(Way.BYTES);
        assertThat(Answers.found(comparison)).containsExactly("CHANGED body");
        assertThat(compare(NONE, answer("image/png", bytes("a")), answer("image/png", bytes("a"))))
                .isEqualTo(new Comparison.Same(Way.SAME_BYTES, null));
    }

    @Test
    void doesNotCompareWhatWasCut() {
        byte[] body = bytes("{}");
        Answer cut = new Answer(200, Fields.NONE, body, 0, 1, false);
        assertThat(compare(NONE, cut, cut)).isEqualTo(new Comparison.Skipped(Reason.CUT));
        Answer tooLong = text("x".repeat((4 << 20) + 1));
        assertThat(compare(NONE, tooLong, text("x")))
                .isEqualTo(new Comparison.Skipped(Reason.TOO_LONG));
    }

    @Test
    void looksOnlyAtTheRangeOfABody() {
        byte[] around = bytes("]]{\"a\":1}}}");
        Answer old =
                new Answer(200, fields("Content-Type", "application/json"), around, 2, 9, true);
        assertThat(compare(NONE, old, json("{\"a\":1.0}")))
                .isEqualTo(new Comparison.Same(Way.JSON, null));
    }

    // Status and headers.

    @Test
    void statusesOfOneClassLetTheBodiesBeCompared() {
        Answer old = Answer.of(200, Fields.NONE, bytes("[1]"));
        assertThat(differences(NONE, old, Answer.of(201, Fields.NONE, bytes("[2]"))))
                .containsExactly("CHANGED status", "CHANGED /*");
        Comparison comparison = compare(NONE, old, Answer.of(500, Fields.NONE, bytes("oops")));
        assertThat(comparison.way()).isEqualTo(Way.STATUS);
        assertThat(Answers.found(comparison)).containsExactly("CHANGED status");
    }

    @Test
    void headersAreComparedByWhatTheyMean() {
        Fields old =
                fields(
                        "content-type",
                        "text/html;charset=utf-8",
                        "Cache-Control",
                        "no-store, Private",
                        "Allow",
                        "GET",
                        "Allow",
                        "POST",
                        "Link",
                        "<a>",
                        "Link",
                        "<b>",
                        "Date",
                        "x");
        Fields fresh =
                fields(
                        "Content-Type",
                        "text/HTML; charset=\"UTF-8\"",
                        "Cache-Control",
                        "private,no-store",
                        "Allow",
                        "POST, GET",
                        "Link",
                        "<a>, <b>",
                        "Date",
                        "y");
        assertThat(
                        differences(
                                NONE,
                                Answer.of(200, old, bytes("")),
                                Answer.of(200, fresh, bytes(""))))
                .isEmpty();
    }

    @Test
    void saysWhichHeadersDiffer() {
        Answer old =
                Answer.of(200, fields("Location", "/a", "X-Total", "1", "Link", "<a>"), bytes(""));
        Answer fresh =
                Answer.of(200, fields("Location", "/b", "X-Total", "2", "Allow", "GET"), bytes(""));
        assertThat(differences(NONE, old, fresh))
                .containsExactly(
                        "CHANGED header location", "MISSING header link", "ADDED header allow");
        RuleSource rules =
                new RuleSource(
                        List.of(),
                        List.of(),
                        List.of(),
                        Map.of(),
                        List.of(),
                        List.of(),
                        List.of("X-Total"),
                        List.of("location", "Link", "ALLOW"));
        assertThat(differences(rules, old, fresh)).containsExactly("CHANGED header x-total");
    }

    @Test
    void headersThatDifferAreToldBesideABodyThatCanNotBeCompared() {
        Answer old =
                Answer.of(200, fields("Location", "/a", "Content-Encoding", "lzw"), bytes("x"));
        Answer fresh = Answer.of(200, fields("Location", "/b"), bytes("y"));
        Comparison comparison = compare(NONE, old, fresh);
        assertThat(comparison.reason()).isEqualTo(Reason.UNKNOWN_CODING);
        assertThat(Answers.found(comparison)).containsExactly("CHANGED header location");
    }

    // Cost and use.

    @Test
    void makesNoObjectsForEqualAnswers() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Rules rules =
                Answers.rules(
                        paths(List.of("/at"), List.of(), List.of("/t"), Map.of("/n", "0.5%")));
        Answer old =
                json("{\"at\":1,\"t\":[1,{\"b\":2,\"c\":[]},\"x\"],\"n\":100,\"z\":{\"a\":[1,2]}}");
        Answer fresh =
                json(
                        "{\"z\":{\"a\":[1.0,2]},\"n\":100.1,\"t\":[\"x\",{\"c\":[],\"b\":2},1],\"at\":2}");
        try (Comparer comparer = new Comparer(Bounds.DEFAULT)) {
            for (int i = 0; i < 100; i++) {
                assertThat(comparer.compare(rules, old, fresh)).isInstanceOf(Comparison.Same.class);
            }
            int same = 0;
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1_000; i++) {
                same += comparer.compare(rules, old, fresh) instanceof Comparison.Same ? 1 : 0;
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(same).isEqualTo(1_000);
            // Less than one byte each: only what the JVM itself may do on this thread.
            assertThat(allocated).isLessThan(1_000);
        }
    }

    @Test
    void largeAndSmallComparisonsMayFollowEachOther() {
        StringBuilder large = new StringBuilder("[");
        for (int i = 0; i < 60_000; i++) {
            large.append(i == 0 ? "" : ",").append("{\"i\":").append(i).append("}");
        }
        String ordered = large.append(']').toString();
        RuleSource rules = paths(List.of(), List.of(), List.of(""), Map.of());
        Rules compiled = Answers.rules(rules);
        List<String> parts =
                Arrays.asList(ordered.substring(1, ordered.length() - 1).split(",", -1));
        Collections.reverse(parts);
        String reversed = "[" + String.join(",", parts) + "]";
        try (Comparer comparer = new Comparer(Bounds.DEFAULT)) {
            for (int i = 0; i < 2; i++) {
                assertThat(comparer.compare(compiled, json(ordered), json(reversed)))
                        .isEqualTo(new Comparison.Same(Way.JSON, null));
                assertThat(Answers.found(comparer.compare(compiled, json("[1]"), json("[2]"))))
                        .containsExactly("CHANGED /*");
            }
        }
    }
}
