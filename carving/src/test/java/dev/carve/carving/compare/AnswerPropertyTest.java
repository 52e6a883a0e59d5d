package dev.carve.carving.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What holds for all answers, with status, header and bodies of every kind; what holds for JSON by
 * itself is in {@link ComparerPropertyTest}. Each failure names the seed of its round.
 */
class AnswerPropertyTest {

    private static final int ROUNDS = 10_000;
    private static final List<Integer> STATUSES = List.of(200, 200, 200, 200, 201, 204, 404, 500);
    private static final List<String> TYPES =
            List.of(
                    "application/json",
                    "Application/JSON; charset=utf-8",
                    "application/problem+json",
                    "text/plain",
                    "text/html; charset=UTF-8",
                    "image/png");
    private static final Map<String, List<String>> VALUES =
            Map.of(
                    "Location", List.of("/a", "/b", "http://h/a"),
                    "Cache-Control", List.of("no-cache", "no-store, no-cache", "NO-CACHE,no-store"),
                    "Allow", List.of("GET, HEAD", "HEAD,GET", "GET"),
                    "Link", List.of("</a>; rel=next", "</b>; rel=prev"),
                    "Content-Language", List.of("de", "en"),
                    "Date", List.of("now", "then"),
                    "X-Extra", List.of("1", "2"));

    private final Comparer comparer = new Comparer(Bounds.DEFAULT);

    @AfterEach
    void close() {
        comparer.close();
    }

    private record Line(String name, String value) {}

    /** An answer that can be changed. */
    private record Draft(int status, List<Line> lines, String body) {

        static Draft of(Random random) {
            List<Line> lines = new ArrayList<>();
            if (random.nextInt(8) > 0) {
                lines.add(new Line("Content-Type", pick(random, TYPES)));
            }
            for (int i = random.nextInt(5); i > 0; i--) {
                lines.add(line(random));
            }
            return new Draft(pick(random, STATUSES), lines, body(random));
        }

        private static Line line(Random random) {
            String name = pick(random, VALUES.keySet().stream().sorted().toList());
            return new Line(name, pick(random, Objects.requireNonNull(VALUES.get(name))));
        }

        private static String body(Random random) {
            Documents documents = new Documents(random);
            return switch (random.nextInt(4)) {
                case 0 -> "";
                case 1 -> "took " + random.nextInt(3) + " ms, " + random.nextInt(3) + ".5 of it";
                default -> new String(documents.write(documents.tree()), StandardCharsets.UTF_8);
            };
        }

        /** Another answer, often much like this one. */
        Draft changed(Random random) {
            List<Line> others = new ArrayList<>(lines);
            if (!others.isEmpty() && random.nextInt(3) == 0) {
                others.remove(random.nextInt(others.size()));
            }
            if (random.nextInt(3) == 0) {
                others.add(random.nextInt(others.size() + 1), line(random));
            }
            return new Draft(
                    random.nextInt(4) == 0 ? pick(random, STATUSES) : status,
                    others,
                    random.nextInt(2) == 0 ? body(random) : body);
        }

        /** The same without the fields of this name. */
        Draft without(String name) {
            return new Draft(
                    status,
                    lines.stream().filter(each -> !each.name().equals(name)).toList(),
                    body);
        }

        /** The same, with names in other cases, and fields of other names between. */
        Draft rewritten(Random random) {
            List<Line> others = new ArrayList<>();
            for (Line line : lines) {
                String name = line.name();
                others.add(
                        new Line(
                                random.nextBoolean() ? name.toLowerCase(Locale.ROOT) : name,
                                line.value()));
            }
            for (int i = others.size() - 1; i > 0; i--) {
                // Fields of one name keep their order, which means something.
                if (!others.get(i).name().equalsIgnoreCase(others.get(i - 1).name())
                        && random.nextBoolean()) {
                    Collections.swap(others, i, i - 1);
                }
            }
            return new Draft(status, others, body);
        }

        Answer answer() {
            List<String> flat = new ArrayList<>();
            lines.forEach(line -> Collections.addAll(flat, line.name(), line.value()));
            return Answer.of(
                    status, Answers.fields(flat.toArray(String[]::new)), Answers.bytes(body));
        }
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static RuleSource rules(List<String> ignoreHeaders, Map<String, String> tolerance) {
        return new RuleSource(
                List.of(),
                List.of(),
                List.of(),
                tolerance,
                List.of(),
                List.of(),
                List.of("X-Extra"),
                ignoreHeaders);
    }

    private static final RuleSource PLAIN = rules(List.of(), Map.of());

    private Set<String> found(RuleSource rules, Draft old, Draft fresh) {
        return new TreeSet<>(
                Answers.found(
                        comparer.compare(Answers.rules(rules), old.answer(), fresh.answer())));
    }

    private static String swapped(String difference) {
        return difference.startsWith("MISSING ")
                ? "ADDED " + difference.substring("MISSING ".length())
                : difference.startsWith("ADDED ")
                        ? "MISSING " + difference.substring("ADDED ".length())
                        : difference;
    }

    @Test
    void swappedSidesSwapMissingAndAdded() {
        int different = 0;
        for (long seed = 1; seed <= ROUNDS; seed++) {
            Random random = new Random(seed);
            Draft old = Draft.of(random);
            Draft fresh = old.changed(random);
            Set<String> found = found(PLAIN, old, fresh);
            Set<String> back = new TreeSet<>();
            found(PLAIN, fresh, old).forEach(each -> back.add(swapped(each)));
            assertThat(back).as("seed %d: %s against %s", seed, old, fresh).isEqualTo(found);
            different += found.isEmpty() ? 0 : 1;
        }
        // Neither kind of case may vanish from the generator unseen.
        assertThat(different).isBetween(ROUNDS / 5, ROUNDS * 9 / 10);
    }

    @Test
    void orderAndCaseOfFieldNamesNeverMatter() {
        for (long seed = 1; seed <= ROUNDS; seed++) {
            Random random = new Random(seed);
            Draft old = Draft.of(random);
            Draft fresh = old.rewritten(random);
            assertThat(found(PLAIN, old, fresh))
                    .as("seed %d: %s against %s", seed, old, fresh)
                    .isEmpty();
        }
    }

    @Test
    void fieldsThatAreIgnoredAreTakenOutAndNothingElse() {
        List<String> names = VALUES.keySet().stream().sorted().toList();
        for (long seed = 1; seed <= ROUNDS; seed++) {
            Random random = new Random(seed);
            Draft old = Draft.of(random);
            Draft fresh = old.changed(random);
            List<String> ignored = List.of(pick(random, names), pick(random, names));
            Set<String> expected = found(PLAIN, old, fresh);
            ignored.forEach(name ->
                    expected.removeIf(
                            each -> each.endsWith(" header " + name.toLowerCase(Locale.ROOT))));
            assertThat(found(rules(ignored, Map.of()), old, fresh))
                    .as("seed %d: %s against %s without %s", seed, old, fresh, ignored)
                    .isEqualTo(expected);
        }
    }

    @Test
    void fieldThatIsComparedAndThatTheNewSideLacksIsFoundAndNothingElse() {
        List<String> compared = Answers.rules(PLAIN).headers();
        int lacking = 0;
        for (long seed = 1; seed <= ROUNDS; seed++) {
            Random random = new Random(seed);
            Draft old = Draft.of(random);
            String name = pick(random, VALUES.keySet().stream().sorted().toList());
            Draft fresh = old.without(name);
            boolean lacks = fresh.lines().size() < old.lines().size();
            String low = name.toLowerCase(Locale.ROOT);
            assertThat(found(PLAIN, old, fresh))
                    .as("seed %d: %s without %s", seed, old, name)
                    .isEqualTo(
                            lacks && compared.contains(low)
                                    ? Set.of("MISSING header " + low)
                                    : Set.of());
            lacking += lacks && compared.contains(low) ? 1 : 0;
        }
        assertThat(lacking).isGreaterThan(ROUNDS / 20);
    }

    @Test
    void toleranceOnlyRemovesDifferences() {
        for (long seed = 1; seed <= ROUNDS; seed++) {
            Random random = new Random(seed);
            Draft old = Draft.of(random);
            Draft fresh = old.changed(random);
            assertThat(found(PLAIN, old, fresh))
                    .as("seed %d: %s against %s", seed, old, fresh)
                    .containsAll(found(rules(List.of(), Map.of("", "50%")), old, fresh));
        }
    }
}
