package dev.carve.carving.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What holds for all documents and rules; each failure names the seed of its round. */
class ComparerPropertyTest {

    private static final Bounds BOUNDS = new Bounds(1 << 20, 1 << 16, 64, 4_096, 4_096);

    private final Comparer comparer = new Comparer(BOUNDS);

    @AfterEach
    void close() {
        comparer.close();
    }

    /** One random case. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Round(
            long seed, Documents documents, Random random, byte[] old, byte[] fresh, Tree tree) {

        static Round of(long seed) {
            Random random = new Random(seed);
            Documents documents = new Documents(random);
            Tree tree = documents.tree();
            Tree changed = documents.changed(tree);
            if (random.nextBoolean()) {
                changed = documents.keysShuffled(changed);
            }
            if (random.nextInt(3) == 0) {
                changed = documents.arraysShuffled(changed);
            }
            byte[] old = documents.write(tree);
            return new Round(seed, documents, random, old, documents.write(changed), tree);
        }

        RuleSource rules() {
            return Answers.paths(
                    paths(2), random.nextInt(3) == 0 ? paths(3) : List.of(), paths(3), tolerance());
        }

        private List<String> paths(int most) {
            List<String> paths = new ArrayList<>();
            for (int i = random.nextInt(most + 1); i > 0; i--) {
                paths.add(documents.path(tree));
            }
            return paths;
        }

        private Map<String, String> tolerance() {
            Map<String, String> tolerance = new HashMap<>();
            for (String path : paths(3)) {
                tolerance.put(path, documents.pick(List.of("0.5%", "0.1%", "1", "0", "100%")));
            }
            return tolerance;
        }

        String told(RuleSource rules) {
            return "seed %d: %s against %s with %s"
                    .formatted(
                            seed,
                            new String(old, StandardCharsets.UTF_8),
                            new String(fresh, StandardCharsets.UTF_8),
                            rules);
        }
    }

    private Comparison compare(RuleSource rules, byte[] old, byte[] fresh) {
        return comparer.compare(
                Rules.compile(rules, old.length),
                Answers.answer("application/json", old),
                Answers.answer("application/json", fresh));
    }

    private static Map<String, Integer> counted(Comparison comparison) {
        Map<String, Integer> counted = new TreeMap<>();
        if (comparison instanceof Comparison.Different different) {
            assertThat(different.more()).isZero();
            for (Difference difference : different.differences()) {
                assertThat(difference.place().part()).isEqualTo(Part.BODY);
                counted.put(
                        difference.kind() + " " + difference.place().path(), difference.count());
            }
        }
        return counted;
    }

    private static Set<String> paths(Comparison comparison) {
        Set<String> paths = new TreeSet<>();
        if (comparison instanceof Comparison.Different different) {
            different.differences().forEach(d -> paths.add(d.place().path()));
        }
        return paths;
    }

    @Test
    void findsWhatTheReferenceFinds() {
        int different = 0;
        for (long seed = 1; seed <= 20_000; seed++) {
            Round round = Round.of(seed);
            RuleSource rules = round.rules();
            Map<String, Integer> expected =
                    Reference.compare(rules, Tree.parse(round.old), Tree.parse(round.fresh));
            Comparison comparison = compare(rules, round.old, round.fresh);
            assertThat(comparison.reason()).as(round.told(rules)).isNull();
            assertThat(counted(comparison)).as(round.told(rules)).isEqualTo(expected);
            different += expected.isEmpty() ? 0 : 1;
        }
        // Neither kind of case may vanish from the generator unseen.
        assertThat(different).isBetween(4_000, 16_000);
    }

    @Test
    void swappedSidesSwapMissingAndAdded() {
        for (long seed = 100_001; seed <= 105_000; seed++) {
            Round round = Round.of(seed);
            RuleSource rules = round.rules();
            Map<String, Integer> swapped = new TreeMap<>();
            counted(compare(rules, round.fresh, round.old))
                    .forEach((difference, count) -> swapped.put(swap(difference), count));
            assertThat(counted(compare(rules, round.old, round.fresh)))
                    .as(round.told(rules))
                    .isEqualTo(swapped);
        }
    }

    private static String swap(String difference) {
        if (difference.startsWith("MISSING")) {
            return "ADDED" + difference.substring("MISSING".length());
        }
        return difference.startsWith("ADDED")
                ? "MISSING" + difference.substring("ADDED".length())
                : difference;
    }

    @Test
    void orderOfKeysNeverMatters() {
        for (long seed = 200_001; seed <= 205_000; seed++) {
            Round round = Round.of(seed);
            RuleSource rules = round.rules();
            byte[] shuffled = round.documents.write(round.documents.keysShuffled(round.tree));
            assertThat(compare(rules, round.old, shuffled))
                    .as(
                            "%s shuffled %s",
                            round.told(rules), new String(shuffled, StandardCharsets.UTF_8))
                    .isInstanceOf(Comparison.Same.class);
        }
    }

    @Test
    void ignoringOnlyRemovesDifferences() {
        for (long seed = 300_001; seed <= 305_000; seed++) {
            Round round = Round.of(seed);
            RuleSource rules = round.rules();
            // Which elements of a sorted array are paired depends on what is ignored in them.
            RuleSource less = Answers.paths(List.of(), rules.only(), List.of(), rules.tolerance());
            RuleSource more =
                    Answers.paths(rules.ignore(), rules.only(), List.of(), rules.tolerance());
            assertThat(paths(compare(less, round.old, round.fresh)))
                    .as(round.told(rules))
                    .containsAll(paths(compare(more, round.old, round.fresh)));
            RuleSource sorting = Answers.paths(List.of(), rules.only(), rules.sort(), Map.of());
            if (compare(sorting, round.old, round.fresh) instanceof Comparison.Same) {
                assertThat(compare(rules, round.old, round.fresh))
                        .as(round.told(rules))
                        .isInstanceOf(Comparison.Same.class);
            }
        }
    }

    @Test
    void permutedArraysAreTheSameWhereTheyAreSorted() {
        // Everywhere down to the depth of the generator.
        List<String> everywhere = new ArrayList<>();
        for (int depth = 0; depth < 6; depth++) {
            everywhere.add(String.join("", Collections.nCopies(depth, "/*")));
        }
        for (long seed = 400_001; seed <= 405_000; seed++) {
            Round round = Round.of(seed);
            RuleSource drawn = round.rules();
            RuleSource rules =
                    Answers.paths(drawn.ignore(), drawn.only(), everywhere, drawn.tolerance());
            Tree permuted =
                    round.documents.keysShuffled(round.documents.arraysShuffled(round.tree));
            // Paths by index would tell other elements after permuting.
            RuleSource free = Answers.paths(List.of(), List.of(), rules.sort(), rules.tolerance());
            byte[] written = round.documents.write(permuted);
            assertThat(compare(free, round.old, written))
                    .as(
                            "%s permuted %s",
                            round.told(free), new String(written, StandardCharsets.UTF_8))
                    .isInstanceOf(Comparison.Same.class);
        }
    }

    @Test
    void moreToleranceNeverFindsMore() {
        for (long seed = 500_001; seed <= 505_000; seed++) {
            Round round = Round.of(seed);
            RuleSource drawn = round.rules();
            Set<String> before = null;
            for (String amount : List.of("0%", "0.001%", "0.4%", "0.5%", "30%", "100%")) {
                RuleSource rules =
                        Answers.paths(
                                drawn.ignore(), drawn.only(), drawn.sort(), Map.of("", amount));
                Set<String> paths = paths(compare(rules, round.old, round.fresh));
                if (before != null) {
                    assertThat(before).as(round.told(rules)).containsAll(paths);
                }
                before = paths;
            }
        }
    }
}
