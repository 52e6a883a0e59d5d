package dev.carve.gateway.route;

import dev.carve.gateway.route.RouteMatch.Literal;
import dev.carve.gateway.route.RouteMatch.Rest;
import dev.carve.gateway.route.RouteMatch.Segment;
import dev.carve.gateway.route.RouteMatch.Subtree;
import dev.carve.gateway.route.RouteMatch.Variable;
import dev.carve.http.Ascii;
import dev.carve.http.Head;
import dev.carve.http.Method;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A route ready to be tried once host and path have led to it. Thread: immutable. */
final class Entry<T extends RouteTarget> {

    final RouteMatch match;
    final T route;
    final int leaf;

    /** The depths of the segments that are variables, in order. */
    final int[] variables;

    private final @Nullable Method method;
    private final byte[] methodText;
    private final ConditionCheck[] checks;

    Entry(RouteMatch match, T route, int leaf) {
        this.match = match;
        this.route = route;
        this.leaf = leaf;
        this.variables =
                IntStream.range(0, match.path().size())
                        .filter(i -> name(match.path().get(i)) != null)
                        .toArray();
        String named = match.method();
        this.method = named == null ? null : method(named);
        this.methodText = Ascii.bytes(named == null ? "" : named);
        this.checks =
                match.conditions().stream().map(ConditionCheck::of).toArray(ConditionCheck[]::new);
    }

    boolean accepts(Head head, Target target) {
        if (method != null && !acceptsMethod(head)) {
            return false;
        }
        for (ConditionCheck check : checks) {
            if (!check.holds(head, target)) {
                return false;
            }
        }
        return true;
    }

    boolean acceptsMethod(Head head) {
        Method asked = head.method();
        if (method == null || (method == Method.GET && asked == Method.HEAD)) {
            return true;
        }
        return method == asked
                && (method != Method.OTHER
                        || Arrays.equals(
                                methodText,
                                0,
                                methodText.length,
                                head.bytes(),
                                0,
                                head.methodEnd()));
    }

    /** The first condition that does not hold, null if all do. */
    @Nullable Condition failing(Head head, Target target) {
        for (int i = 0; i < checks.length; i++) {
            if (!checks[i].holds(head, target)) {
                return match.conditions().get(i);
            }
        }
        return null;
    }

    String variable(int number) {
        String name = name(match.path().get(variables[number]));
        return name == null ? "" : name;
    }

    boolean isRest(int number) {
        return match.path().get(variables[number]) instanceof Rest;
    }

    private static @Nullable String name(Segment segment) {
        return switch (segment) {
            case Variable(String name) -> name;
            case Rest(String name) -> name;
            case Literal _, Subtree _ -> null;
        };
    }

    private static Method method(String name) {
        for (Method method : Method.values()) {
            if (method.name().equals(name)) {
                return method;
            }
        }
        return Method.OTHER;
    }
}
