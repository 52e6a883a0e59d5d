package dev.carve.carving.compare;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns lists of paths into {@link RuleNode}s. The paths become a trie whose wildcards are then
 * taken out by building the sets of trie places that one place of a document can match (the subset
 * construction of automata: Rabin and Scott, 1959), so that a walk never has two ways to go.
 *
 * <p>Threads: used once by whoever compiles.
 */
final class RuleCompiler {

    private static final int PATHS_MAX = 1_000;
    private static final int NODES_MAX = 20_000;

    /** A place in the trie of written paths. */
    private static final class Written {
        final Map<String, Written> children = new HashMap<>();
        // One bit a token from the first on, set where it is no wildcard: the larger, the nearer.
        final long literal;
        final int depth;
        boolean ignore;
        boolean only;
        boolean sort;
        @Nullable Tolerance tolerance;

        Written(long literal, int depth) {
            this.literal = literal;
            this.depth = depth;
        }

        Written child(String token) {
            long bit = token.equals(Pointer.ANY) ? 0 : Long.MIN_VALUE >>> depth;
            return children.computeIfAbsent(token, _ -> new Written(literal | bit, depth + 1));
        }
    }

    private record Matched(Set<Written> places, boolean selected, @Nullable Tolerance tolerance) {}

    private final Written root = new Written(0, 0);
    private final Map<Matched, RuleNode> compiled = new HashMap<>();

    static RuleNode compile(RuleSource source) {
        RuleCompiler compiler = new RuleCompiler();
        compiler.add("ignore", source.ignore(), (place, _) -> place.ignore = true);
        compiler.add("only", source.only(), (place, _) -> place.only = true);
        compiler.add("sort", source.sort(), (place, _) -> place.sort = true);
        compiler.check("tolerance", source.tolerance().size());
        source.tolerance()
                .forEach((path, value) -> {
                    String key = "tolerance." + path;
                    compiler.place(key, path).tolerance = Tolerance.parse(key, value);
                });
        return compiler.node(Set.of(compiler.root), source.only().isEmpty(), null);
    }

    private void add(String key, List<String> paths, BiConsumer<Written, String> mark) {
        check(key, paths.size());
        for (int i = 0; i < paths.size(); i++) {
            mark.accept(place(key + "[" + i + "]", paths.get(i)), paths.get(i));
        }
    }

    private void check(String key, int paths) {
        if (paths > PATHS_MAX) {
            throw new BadRule(
                    key, Integer.toString(paths), "is too many paths", "at most " + PATHS_MAX);
        }
    }

    private Written place(String key, String path) {
        Written place = root;
        for (String token : Pointer.parse(key, path)) {
            place = place.child(token);
        }
        return place;
    }

    private RuleNode node(Set<Written> places, boolean selectedAbove, @Nullable Tolerance above) {
        boolean selected = selectedAbove || places.stream().anyMatch(p -> p.only);
        boolean nothingBelow = !selected && places.isEmpty();
        if (nothingBelow || places.stream().anyMatch(p -> p.ignore)) {
            return RuleNode.IGNORED;
        }
        Tolerance tolerance = nearest(places, above);
        Matched matched = new Matched(places, selected, tolerance);
        RuleNode known = compiled.get(matched);
        if (known != null) {
            return known;
        }
        if (compiled.size() == NODES_MAX) {
            throw new BadRule(
                    "compare",
                    NODES_MAX + " combinations",
                    "of wildcards are too many",
                    "fewer paths with *, or the same ones at their ends");
        }
        boolean sorted = places.stream().anyMatch(p -> p.sort);
        RuleNode node = new RuleNode(false, selected, sorted, tolerance);
        compiled.put(matched, node);
        if (!places.isEmpty()) {
            link(node, places, selected, tolerance);
        }
        return node;
    }

    private void link(
            RuleNode node, Set<Written> places, boolean selected, @Nullable Tolerance tolerance) {
        Set<Written> any = new LinkedHashSet<>();
        Set<String> names = new HashSet<>();
        for (Written place : places) {
            place.children.forEach((token, child) -> {
                if (token.equals(Pointer.ANY)) {
                    any.add(child);
                } else {
                    names.add(token);
                }
            });
        }
        Map<String, RuleNode> children = new HashMap<>();
        for (String name : names) {
            Set<Written> matched = new LinkedHashSet<>(any);
            for (Written place : places) {
                Written child = place.children.get(name);
                if (child != null) {
                    matched.add(child);
                }
            }
            children.put(name, node(matched, selected, tolerance));
        }
        node.link(children, node(any, selected, tolerance));
    }

    /**
     * The tolerance of these places that names the most tokens, from the left; else the one above.
     */
    private static @Nullable Tolerance nearest(Set<Written> places, @Nullable Tolerance above) {
        Written best = null;
        for (Written place : places) {
            if (place.tolerance != null
                    && (best == null || Long.compareUnsigned(place.literal, best.literal) > 0)) {
                best = place;
            }
        }
        return best == null ? above : best.tolerance;
    }
}
