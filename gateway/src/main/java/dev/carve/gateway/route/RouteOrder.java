package dev.carve.gateway.route;

import dev.carve.gateway.route.RouteMatch.Literal;
import dev.carve.gateway.route.RouteMatch.Rest;
import dev.carve.gateway.route.RouteMatch.Segment;
import dev.carve.gateway.route.RouteMatch.Subtree;
import dev.carve.gateway.route.RouteMatch.Variable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which of two matches goes first, where both take a request: host, path segment by segment,
 * method, number of conditions. Two that agree in all of that are a conflict, unless their
 * conditions exclude each other.
 */
final class RouteOrder {

    /** The order of matches that take the same host and path; others it sorts, meaninglessly. */
    static final Comparator<RouteMatch> BEST_FIRST =
            Comparator.comparingInt((RouteMatch match) -> hostRank(match.host()))
                    .thenComparing(RouteOrder::comparePaths)
                    .thenComparing(RouteOrder::compareWithinPath);

    private RouteOrder() {}

    /** The order of matches with equal host and path. */
    static int compareWithinPath(RouteMatch a, RouteMatch b) {
        int byMethod = Integer.compare(methodRank(a.method()), methodRank(b.method()));
        return byMethod != 0
                ? byMethod
                : Integer.compare(b.conditions().size(), a.conditions().size());
    }

    /** All pairs that nothing puts in order, in the order of the list. */
    static List<RouteConflict> conflicts(List<RouteMatch> matches) {
        Map<List<Object>, List<Integer>> equals = new HashMap<>();
        List<RouteConflict> conflicts = new ArrayList<>();
        for (int i = 0; i < matches.size(); i++) {
            RouteMatch match = matches.get(i);
            List<Integer> others = equals.computeIfAbsent(rank(match), _ -> new ArrayList<>());
            for (int other : others) {
                if (!exclude(match, matches.get(other))) {
                    conflicts.add(new RouteConflict(other, i, matches.get(other), match));
                    break;
                }
            }
            others.add(i);
        }
        return List.copyOf(conflicts);
    }

    private static List<Object> rank(RouteMatch match) {
        return List.of(
                String.valueOf(match.host()),
                String.valueOf(match.method()),
                match.conditions().size(),
                match.path().stream().map(RouteOrder::shape).toList());
    }

    /** A segment without its name: two shapes are equal if the segments take the same text. */
    private static String shape(Segment segment) {
        return switch (segment) {
            case Literal(String text) -> "=" + text;
            case Variable _ -> "{}";
            case Rest _, Subtree _ -> "{...}";
        };
    }

    private static boolean exclude(RouteMatch a, RouteMatch b) {
        for (Condition condition : a.conditions()) {
            for (Condition other : b.conditions()) {
                if (condition.excludes(other)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Exact, then suffixes from the longest, then none; a host is shorter than 256 characters. */
    private static int hostRank(@Nullable String host) {
        if (host == null) {
            return HostTable.LENGTH_MAX + 1;
        }
        return host.startsWith("*.") ? HostTable.LENGTH_MAX - host.length() : -1;
    }

    private static int comparePaths(RouteMatch a, RouteMatch b) {
        int common = Math.min(a.path().size(), b.path().size());
        for (int i = 0; i < common; i++) {
            int bySegment =
                    Integer.compare(segmentRank(a.path().get(i)), segmentRank(b.path().get(i)));
            if (bySegment != 0) {
                return bySegment;
            }
        }
        return Integer.compare(a.path().size(), b.path().size());
    }

    private static int segmentRank(Segment segment) {
        return switch (segment) {
            case Literal _ -> 0;
            case Variable _ -> 1;
            case Rest _, Subtree _ -> 2;
        };
    }

    /** {@code HEAD} goes before {@code GET}, which includes it: the smaller set first. */
    private static int methodRank(@Nullable String method) {
        if (method == null) {
            return 2;
        }
        return method.equals("HEAD") ? 0 : 1;
    }
}
