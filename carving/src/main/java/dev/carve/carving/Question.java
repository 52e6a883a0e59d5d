package dev.carve.carving;

import dev.carve.carving.keep.Field;
import dev.carve.carving.keep.Redactor;
import dev.carve.carving.keep.SavedRequest;
import dev.carve.gateway.route.RouteResult;
import dev.carve.gateway.route.RouteTarget;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A kept request as it would be asked again, or why it can not be. It is kept as its client sent
 * it; what the route changes in its requests is done to it again, as its file says now. So what the
 * route adds, credentials among it, need not be kept. Changed by nobody once it is made; any
 * thread.
 */
final class Question {

    private static final Set<String> REPEATABLE = Set.of("GET", "HEAD", "OPTIONS");

    /** What was between the client and the gateway alone, or is told anew. */
    private static final Set<String> LEFT_OUT =
            Set.of("expect", "content-length", "transfer-encoding", "carve-timeout", "carve-to");

    private final SavedRequest kept;
    private final Sides sides;
    private final Head head = new Head();
    private final HeadEdits edits = new HeadEdits();
    private final boolean matched;

    /**
     * @param given fields that replace those of the same name; an empty value takes them away
     */
    Question(SavedRequest kept, List<Field> given, Sides sides) {
        this.kept = kept;
        this.sides = sides;
        Set<String> replaced = new TreeSet<>(LEFT_OUT);
        given.forEach(each -> replaced.add(low(each.name())));
        head.startRequest(kept.method(), kept.target());
        for (Field each : kept.fields()) {
            if (!replaced.contains(low(each.name()))) {
                head.add(each.name(), each.value());
            }
        }
        for (Field each : given) {
            if (!each.value().isEmpty()) {
                head.add(each.name(), each.value());
            }
        }
        RouteResult<RouteTarget> match = new RouteResult<>();
        sides.router().find(head, match);
        matched = match.verdict() == RouteResult.Verdict.MATCHED;
        if (matched) {
            sides.edits().apply(edits, head, match);
        }
    }

    private static String low(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** Why it can not be asked again; null if it can. */
    @Nullable String refusal() {
        if (!REPEATABLE.contains(kept.method()) && !sides.safe()) {
            return kept.method() + " may change something (expected: safe: true at the route)";
        }
        if (!matched) {
            return "the route does not match it (expected: the Host that it was kept with)";
        }
        if (kept.target().contains("=" + Redactor.HIDDEN)) {
            return "its target held a secret, which is not kept";
        }
        if (kept.bodyRedacted()) {
            return "its body held secrets or could not be looked into, and is not kept";
        }
        if (!kept.body().isWhole() || (announcesBody() && kept.body().bytes().length == 0)) {
            return "its body is not kept";
        }
        return withoutCredentials();
    }

    /** Also one that was kept by a gateway that did not keep bodies yet. */
    private boolean announcesBody() {
        return kept.fields().stream()
                .anyMatch(each ->
                        (low(each.name()).equals("content-length") && !each.value().equals("0"))
                                || low(each.name()).equals("transfer-encoding"));
    }

    private @Nullable String withoutCredentials() {
        Set<String> missing = new TreeSet<>();
        for (int i = 0; i < head.fields(); i++) {
            // What the route takes away or sets itself is not missing.
            if (head.value(i).equals(Redactor.HIDDEN) && !edits.isDropped(i)) {
                missing.add(low(head.name(i)));
            }
        }
        return missing.isEmpty()
                ? null
                : String.join(", ", missing)
                        + (missing.size() == 1 ? " is" : " are")
                        + " not kept, and none is given (expected: --header '"
                        + missing.iterator().next()
                        + ": …', or without a value to leave it out)";
    }

    /** Fills in the request for both sides. */
    void ask(Asked request) {
        request.head().copyFrom(head);
        request.edits().copyFrom(edits);
        request.edits().add(CarveAction.MARK, CarveAction.MARK_COPY);
        request.ofNobody(kept.body().bytes().length);
    }

    byte[] body() {
        return kept.body().bytes();
    }
}
