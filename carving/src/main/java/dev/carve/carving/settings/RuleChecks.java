package dev.carve.carving.settings;

import dev.carve.carving.compare.BadRule;
import dev.carve.carving.compare.RuleSource;
import dev.carve.carving.compare.RuleSource.Replacement;
import dev.carve.carving.compare.Rules;
import dev.carve.config.Diagnostics;
import dev.carve.config.KeyPath;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Compiles the rules of a route one by one, so that each that means nothing is told where it
 * stands, and then all together for what is wrong with none of them alone.
 */
final class RuleChecks {

    private final KeyPath at;
    private final Diagnostics diagnostics;
    private boolean good = true;

    private RuleChecks(KeyPath at, Diagnostics diagnostics) {
        this.at = at;
        this.diagnostics = diagnostics;
    }

    /**
     * Tells every problem.
     *
     * @param at the block that holds the rules
     */
    static void check(KeyPath at, RuleSource rules, Diagnostics diagnostics) {
        RuleChecks checks = new RuleChecks(at, diagnostics);
        checks.each("ignore", rules.ignore(), RuleChecks::ignoring);
        checks.each("only", rules.only(), RuleChecks::only);
        checks.each("sort", rules.sort(), RuleChecks::sorting);
        rules.tolerance().forEach(checks::tolerance);
        rules.replace().forEach(checks::replacement);
        checks.each("numbers", rules.numbers(), RuleChecks::numbers);
        checks.each("headers", rules.headers(), RuleChecks::headers);
        checks.each("ignore_headers", rules.ignoreHeaders(), RuleChecks::ignoringHeaders);
        if (checks.good) {
            checks.all(rules);
        }
    }

    private void each(String key, List<String> written, Function<List<String>, RuleSource> alone) {
        for (int i = 0; i < written.size(); i++) {
            compile(at.key(key).index(i), alone.apply(List.of(written.get(i))));
        }
    }

    private void tolerance(String path, String amount) {
        KeyPath place = at.key("tolerance");
        compile(
                path.isEmpty() ? place : place.key(path),
                paths(List.of(), List.of(), List.of(), Map.of(path, amount)));
    }

    private void replacement(Replacement one) {
        compile(
                at.key("replace").key(one.pattern()),
                text(List.of(one), List.of(), List.of(), List.of()));
    }

    private void compile(KeyPath place, RuleSource one) {
        try {
            Rules.compile(one, 0);
        } catch (BadRule bad) {
            good = false;
            diagnostics.error(place, bad.problem());
        }
    }

    private void all(RuleSource rules) {
        try {
            Rules.compile(rules, 0);
        } catch (BadRule bad) {
            diagnostics.error(at, String.valueOf(bad.getMessage()));
        }
    }

    // One rule alone.

    private static RuleSource ignoring(List<String> paths) {
        return paths(paths, List.of(), List.of(), Map.of());
    }

    private static RuleSource only(List<String> paths) {
        return paths(List.of(), paths, List.of(), Map.of());
    }

    private static RuleSource sorting(List<String> paths) {
        return paths(List.of(), List.of(), paths, Map.of());
    }

    private static RuleSource numbers(List<String> patterns) {
        return text(List.of(), patterns, List.of(), List.of());
    }

    private static RuleSource headers(List<String> names) {
        return text(List.of(), List.of(), names, List.of());
    }

    private static RuleSource ignoringHeaders(List<String> names) {
        return text(List.of(), List.of(), List.of(), names);
    }

    private static RuleSource paths(
            List<String> ignore,
            List<String> only,
            List<String> sort,
            Map<String, String> tolerance) {
        return new RuleSource(
                ignore, only, sort, tolerance, List.of(), List.of(), List.of(), List.of());
    }

    private static RuleSource text(
            List<Replacement> replace,
            List<String> numbers,
            List<String> headers,
            List<String> ignoreHeaders) {
        return new RuleSource(
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                replace,
                numbers,
                headers,
                ignoreHeaders);
    }
}
