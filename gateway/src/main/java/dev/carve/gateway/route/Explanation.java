package dev.carve.gateway.route;

import dev.carve.gateway.route.RouteMatch.Literal;
import dev.carve.gateway.route.RouteMatch.Rest;
import dev.carve.gateway.route.RouteMatch.Segment;
import dev.carve.gateway.route.RouteMatch.Subtree;
import dev.carve.gateway.route.RouteMatch.Variable;
import dev.carve.http.Ascii;
import dev.carve.http.Head;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which route a request takes and why no other: every route whose path takes the request's, in the
 * order in which they are tried. Made without the trie, route by route, for {@code carve explain}.
 *
 * @param verdict what a lookup says
 * @param ambiguity why the path may be read in several ways
 * @param host the host that was compared, empty if there was none
 * @param path the path that was compared, canonical
 * @param route the match of the route that takes the request
 * @param candidates at most {@value #CANDIDATES_MAX}, the best first
 * @param leftOut how many more there were
 */
public record Explanation(
        RouteResult.Verdict verdict,
        Ambiguity ambiguity,
        String host,
        String path,
        @Nullable RouteMatch route,
        List<Candidate> candidates,
        int leftOut) {

    /** How many candidates are listed. */
    public static final int CANDIDATES_MAX = 100;

    /** A route whose path takes the request's, and what became of it. */
    public record Candidate(RouteMatch match, Outcome outcome) {}

    /** What became of a candidate. */
    public sealed interface Outcome {

        /** For people. */
        String text();
    }

    /** It takes the request. */
    public record Chosen() implements Outcome {
        @Override
        public String text() {
            return "takes the request";
        }
    }

    /** Its reading of the path leads here, but the request is refused. */
    public record Refused(Ambiguity ambiguity) implements Outcome {
        @Override
        public String text() {
            return "would take the request, but " + ambiguity.text();
        }
    }

    /** It is for another host. */
    public record OtherHost(String host) implements Outcome {
        @Override
        public String text() {
            return "is for host " + host;
        }
    }

    /** It is for another method. */
    public record OtherMethod(String method) implements Outcome {
        @Override
        public String text() {
            return "is for method " + method;
        }
    }

    /** A condition does not hold. */
    public record ConditionFails(Condition condition) implements Outcome {
        @Override
        public String text() {
            return "condition " + condition + " does not hold";
        }
    }

    /** It would take the request, but another goes before it. */
    public record Behind(RouteMatch better) implements Outcome {
        @Override
        public String text() {
            return "comes after " + better;
        }
    }

    public Explanation {
        candidates = List.copyOf(candidates);
    }

    static <T extends RouteTarget> Explanation of(Router<T> router, Head request) {
        RouteResult<T> result = new RouteResult<>();
        router.find(request, result);
        Target target = result.target;
        if (!target.hasPath) {
            return new Explanation(
                    result.verdict(), result.ambiguity(), "", "", null, List.of(), 0);
        }
        String host =
                Ascii.text(request.bytes(), target.hostStart, target.hostEnd)
                        .toLowerCase(Locale.ROOT);
        String path = result.matchedPath();
        List<String> segments = PathText.segments(path);
        List<Entry<T>> takers =
                router.entries().stream()
                        .filter(entry -> takes(entry.match.path(), segments))
                        .sorted((a, b) -> RouteOrder.BEST_FIRST.compare(a.match, b.match))
                        .toList();
        List<Candidate> candidates = new ArrayList<>();
        RouteMatch chosen = null;
        for (Entry<T> entry : takers) {
            Outcome outcome = passedOver(entry, host, request, target);
            if (outcome == null && chosen != null) {
                outcome = new Behind(chosen);
            } else if (outcome == null) {
                chosen = entry.match;
                outcome =
                        result.verdict() == RouteResult.Verdict.REFUSED_AMBIGUOUS
                                ? new Refused(result.ambiguity())
                                : new Chosen();
            }
            if (candidates.size() < CANDIDATES_MAX) {
                candidates.add(new Candidate(entry.match, outcome));
            }
        }
        return new Explanation(
                result.verdict(),
                result.ambiguity(),
                host,
                path,
                result.match(),
                candidates,
                takers.size() - candidates.size());
    }

    private static @Nullable Outcome passedOver(
            Entry<?> entry, String host, Head request, Target target) {
        String wanted = entry.match.host();
        if (wanted != null && !takesHost(wanted, host)) {
            return new OtherHost(wanted);
        }
        String method = entry.match.method();
        if (method != null && !entry.acceptsMethod(request)) {
            return new OtherMethod(method);
        }
        Condition failing = entry.failing(request, target);
        return failing == null ? null : new ConditionFails(failing);
    }

    private static boolean takesHost(String wanted, String host) {
        return wanted.startsWith("*.")
                ? host.length() >= wanted.length() && host.endsWith(wanted.substring(1))
                : host.equals(wanted);
    }

    private static boolean takes(List<Segment> path, List<String> segments) {
        for (int i = 0; i < path.size(); i++) {
            if (i == segments.size()) {
                return false;
            }
            String text = segments.get(i);
            switch (path.get(i)) {
                case Literal(String literal) -> {
                    if (!literal.equals(text)) {
                        return false;
                    }
                }
                case Variable _ -> {
                    if (text.isEmpty()) {
                        return false;
                    }
                }
                case Rest _, Subtree _ -> {
                    return true;
                }
            }
        }
        return segments.size() == path.size();
    }

    /** Several lines for a terminal. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(host).append(path).append(": ");
        text.append(
                switch (verdict) {
                    case MATCHED -> "route " + route;
                    case NONE -> "no route";
                    case REFUSED_AMBIGUOUS -> "refused with 400, " + ambiguity.text();
                });
        for (Candidate candidate : candidates) {
            text.append("\n  ").append(candidate.match());
            text.append(" ").append(candidate.outcome().text());
        }
        if (leftOut > 0) {
            text.append("\n  and ").append(leftOut).append(" more");
        }
        return text.toString();
    }
}
