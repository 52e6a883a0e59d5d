package dev.carve.carving.compare;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Answers, rules and comparisons, in short. */
final class Answers {

    static final long SEED = 42;

    private Answers() {}

    static Fields fields(String... namesAndValues) {
        return (name, occurrence) -> {
            int left = occurrence;
            for (int i = 0; i < namesAndValues.length; i += 2) {
                if (namesAndValues[i].equalsIgnoreCase(name) && left-- == 0) {
                    return namesAndValues[i + 1];
                }
            }
            return null;
        };
    }

    static Answer answer(String type, byte[] body) {
        return Answer.of(200, fields("Content-Type", type), body);
    }

    static Answer json(String body) {
        return answer("application/json", bytes(body));
    }

    static Answer text(String body) {
        return answer("text/plain", bytes(body));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Rules rules(RuleSource source) {
        return Rules.compile(source, SEED);
    }

    static RuleSource paths(
            List<String> ignore,
            List<String> only,
            List<String> sort,
            Map<String, String> tolerance) {
        return new RuleSource(
                ignore, only, sort, tolerance, List.of(), List.of(), List.of(), List.of());
    }

    static RuleSource ignoring(String... paths) {
        return paths(List.of(paths), List.of(), List.of(), Map.of());
    }

    static Comparison compare(RuleSource rules, Answer old, Answer fresh) {
        try (Comparer comparer = new Comparer(Bounds.DEFAULT)) {
            return comparer.compare(rules(rules), old, fresh);
        }
    }

    /** The differences as {@code KIND place}; empty if there are none. */
    static List<String> found(Comparison comparison) {
        return switch (comparison) {
            case Comparison.Same _ -> List.of();
            case Comparison.Skipped(Reason reason) -> List.of("skipped " + reason);
            case Comparison.Different different ->
                    different.differences().stream().map(d -> d.kind() + " " + d.place()).toList();
        };
    }

    static List<String> differences(RuleSource rules, Answer old, Answer fresh) {
        return found(compare(rules, old, fresh));
    }

    static List<String> jsonDifferences(RuleSource rules, String old, String fresh) {
        return differences(rules, json(old), json(fresh));
    }
}
