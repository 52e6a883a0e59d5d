package dev.carve.carving.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.carve.runtime.Share;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NoiseTest {

    private static final Comparison SAME = new Comparison.Same(Way.JSON, null);
    private static final Place AT = new Place(Part.BODY, "/at");
    private static final Place SUM = new Place(Part.BODY, "/sum");

    private final Noise noise = new Noise(NoiseRule.DEFAULT);

    private static Comparison.Different at(Place... places) {
        List<Difference> differences =
                Arrays.stream(places)
                        .map(place -> new Difference(place, Difference.Kind.CHANGED, 1))
                        .toList();
        return new Comparison.Different(Way.JSON, null, differences, 0);
    }

    private void twins(int count, Comparison comparison) {
        for (int i = 0; i < count; i++) {
            noise.record(comparison, true);
        }
    }

    private void copies(int count, Comparison comparison) {
        for (int i = 0; i < count; i++) {
            noise.record(comparison, false);
        }
    }

    @Test
    void whatDiffersBetweenOldAndOldIsNoise() {
        twins(100, at(AT));
        copies(250, at(AT));
        assertThat(noise.verdict(AT)).isEqualTo(Noise.Verdict.NOISE);
        assertThat(noise.worst(at(AT))).isEqualTo(Noise.Verdict.NOISE);
    }

    @Test
    void whatDiffersOnlyWithTheNewSideIsAMismatch() {
        twins(500, SAME);
        copies(8, at(SUM));
        assertThat(noise.verdict(SUM)).isEqualTo(Noise.Verdict.MISMATCH);
        assertThat(noise.worst(at(AT, SUM))).isEqualTo(Noise.Verdict.MISMATCH);
    }

    @Test
    void nothingIsClearWithoutTwins() {
        copies(1_000, at(SUM));
        assertThat(noise.verdict(SUM)).isEqualTo(Noise.Verdict.UNCLEAR);
        assertThat(noise.worst(at(SUM))).isEqualTo(Noise.Verdict.UNCLEAR);
    }

    @Test
    void aRareMismatchIsFoundBesideMuchThatIsTheSame() {
        twins(4_000, SAME);
        SplittableRandom random = new SplittableRandom(1);
        int used = 0;
        while (noise.verdict(SUM) != Noise.Verdict.MISMATCH && used < 10_000) {
            noise.record(random.nextInt(100) == 0 ? at(SUM) : SAME, false);
            used++;
        }
        assertThat(used).isLessThan(3_000);
    }

    @Test
    void aMismatchIsFoundUnderNoise() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 4_000; i++) {
            noise.record(random.nextInt(10) == 0 ? at(AT) : SAME, true);
            noise.record(random.nextInt(10) < 3 ? at(AT) : SAME, false);
        }
        assertThat(noise.verdict(AT)).isEqualTo(Noise.Verdict.MISMATCH);
    }

    @Test
    void aMismatchThatWasMendedIsForgotten() {
        twins(500, SAME);
        copies(100, at(SUM));
        assertThat(noise.verdict(SUM)).isEqualTo(Noise.Verdict.MISMATCH);
        copies(2_200, SAME);
        assertThat(noise.verdict(SUM)).isEqualTo(Noise.Verdict.UNCLEAR);
        assertThat(noise.figures())
                .containsExactly(new Noise.Figures(SUM, Noise.Verdict.UNCLEAR, 1_800, 0, 500, 0));
    }

    @Test
    void asksNothingOfSkippedComparisons() {
        twins(10, new Comparison.Skipped(Reason.CUT));
        noise.record(at(SUM), false);
        assertThat(noise.figures())
                .containsExactly(new Noise.Figures(SUM, Noise.Verdict.UNCLEAR, 1, 1, 0, 0));
    }

    @Test
    void lookingAtVerdictsDoesNotChangeThem() {
        twins(500, SAME);
        copies(3, at(SUM));
        for (int i = 0; i < 1_000; i++) {
            assertThat(noise.verdict(SUM)).isEqualTo(Noise.Verdict.UNCLEAR);
        }
        noise.record(at(SUM), false);
        assertThat(noise.verdict(SUM)).as("a look at four").isEqualTo(Noise.Verdict.MISMATCH);
    }

    @Test
    void severalDifferencesAtOnePlaceCountOnce() {
        noise.record(
                new Comparison.Different(
                        Way.JSON,
                        null,
                        List.of(
                                new Difference(SUM, Difference.Kind.CHANGED, 7),
                                new Difference(SUM, Difference.Kind.MISSING, 1)),
                        0),
                false);
        assertThat(noise.figures().getFirst().copiesDiffering()).isEqualTo(1);
    }

    @Test
    void keepsOnlySoManyPlacesAndCountsTheRest() {
        twins(100, at(AT));
        for (int i = 0; i < 5_000; i++) {
            noise.record(at(new Place(Part.BODY, "/" + i), AT), false);
        }
        assertThat(noise.figures()).hasSize(1_000);
        assertThat(noise.dropped()).isEqualTo(4_001);
        assertThat(noise.verdict(AT)).isEqualTo(Noise.Verdict.NOISE);
    }

    @Test
    void moreDifferencesThanWereKeptAreUnclear() {
        twins(100, at(AT));
        Comparison.Different cut =
                new Comparison.Different(Way.JSON, null, at(AT).differences(), 5);
        assertThat(noise.worst(cut)).isEqualTo(Noise.Verdict.UNCLEAR);
    }

    @Test
    void equalSidesHardlyEverMakeAMismatch() {
        // 100 routes of six noisy places, 20,000 copies and 2,000 twins each.
        double[] shares = {0.001, 0.01, 0.05, 0.3, 0.7, 0.99};
        Place[] places = new Place[shares.length];
        for (int i = 0; i < shares.length; i++) {
            places[i] = new Place(Part.BODY, "/" + i);
        }
        int wrong = 0;
        for (long seed = 1; seed <= 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Noise each = new Noise(NoiseRule.DEFAULT);
            boolean accused = false;
            for (int i = 0; i < 22_000; i++) {
                List<Place> differing = new ArrayList<>();
                for (int p = 0; p < shares.length; p++) {
                    if (random.nextDouble() < shares[p]) {
                        differing.add(places[p]);
                    }
                }
                Comparison.Different comparison = at(differing.toArray(Place[]::new));
                each.record(differing.isEmpty() ? SAME : comparison, i % 11 == 0);
                accused |= each.worst(comparison) == Noise.Verdict.MISMATCH;
            }
            wrong += accused ? 1 : 0;
        }
        assertThat(wrong).isZero();
    }

    @Test
    void learntRulesAreLinesOfConfiguration() {
        Place items = new Place(Part.BODY, "/items/*/at \"now\"");
        Place below = new Place(Part.BODY, "/at/zone");
        Place cut = new Place(Part.BODY, "/" + "k".repeat(200) + Place.CUT);
        Place header = Place.header("Link");
        Comparison.Different all =
                at(AT, below, items, cut, header, Place.STATUS, Place.WHOLE_BODY, SUM);
        twins(50, all);
        twins(450, at(AT));
        copies(20, at(AT, SUM));
        copies(230, at(AT));
        assertThat(Learnt.lines(noise.learnt()))
                .startsWith(
                        "ignore:",
                        "  - \"/at\"  # differs in 500 of 500 pairs of old answers, 250 of 250 of old"
                                + " and new");
        assertThat(noise.learnt())
                .extracting(Learnt::key, Learnt::value)
                .contains(tuple("ignore", "/items/*/at \"now\""), tuple("ignore_headers", "link"))
                .doesNotContain(tuple("ignore", "/at/zone"));
        assertThat(noise.learnt()).noneMatch(l -> l.value().isEmpty() || l.value().endsWith("…"));
        assertThat(Learnt.lines(noise.learnt()))
                .anyMatch(line -> line.startsWith("  - \"/items/*/at \\\"now\\\"\"  # "));
    }

    @Test
    void learntRulesMakeTheNoiseGoAway() {
        Answer old = Answers.json("{\"at\":1,\"v\":1}");
        Answer again = Answers.json("{\"at\":2,\"v\":1}");
        Comparison comparison = Answers.compare(RuleSource.NONE, old, again);
        twins(100, comparison);
        copies(250, comparison);
        List<String> ignore = noise.learnt().stream().map(Learnt::value).toList();
        assertThat(Answers.compare(Answers.ignoring(ignore.toArray(String[]::new)), old, again))
                .isEqualTo(new Comparison.Same(Way.JSON, null));
    }

    @Test
    void refusesRulesThatMeanNothing() {
        assertThatThrownBy(() -> new NoiseRule(250, 500, 8, 0.5, 1e-3, 2, 4, new Share(0.9), 1_000))
                .hasMessage("noise.mismatch_chance: 0.5 (expected: 1.0E-12 to 0.1)");
    }

    @Test
    void whatWasKnownBeforeIsKnownAgain() {
        for (int i = 0; i < 600; i++) {
            noise.record(i % 3 == 0 ? at(AT) : SAME, true);
            noise.record(i % 3 == 0 ? at(AT) : i % 2 == 0 ? at(SUM) : SAME, false);
        }
        assertThat(noise.verdict(AT)).isEqualTo(Noise.Verdict.NOISE);
        assertThat(noise.verdict(SUM)).isEqualTo(Noise.Verdict.MISMATCH);

        Noise after = new Noise(NoiseRule.DEFAULT);
        assertThat(after.restore(noise.figures())).isTrue();

        assertThat(after.figures()).isEqualTo(noise.figures());
        assertThat(after.learnt()).isEqualTo(noise.learnt());
    }

    @Test
    void figuresOfThePastAreNoBurstOfNow() {
        Noise.Figures even = new Noise.Figures(SUM, Noise.Verdict.UNCLEAR, 2_000, 100, 4_000, 200);
        assertThat(noise.restore(List.of(even))).isTrue();

        assertThat(noise.verdict(SUM)).isEqualTo(Noise.Verdict.NOISE);
        // Nor do they stay for ever: what is new pushes them out.
        copies(2_000, SAME);
        assertThat(noise.figures().getFirst().copiesDiffering()).isZero();
    }

    @Test
    void nothingIsTakenOverOnceSomethingIsCounted() {
        copies(1, SAME);
        Noise.Figures before = new Noise.Figures(SUM, Noise.Verdict.UNCLEAR, 100, 10, 100, 10);
        assertThat(noise.restore(List.of(before))).isFalse();
        assertThat(noise.figures()).isEmpty();
    }
}
