package dev.carve.carving;

import dev.carve.carving.keep.Field;
import dev.carve.carving.keep.Redactor;
import dev.carve.carving.keep.SavedRequest;
import dev.carve.http.Head;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A kept request as it would be asked again, or why it can not be. Immutable; any thread. */
final class Question {

    private static final Set<String> REPEATABLE = Set.of("GET", "HEAD", "OPTIONS");

    /** What was between the client and the gateway alone, or is told anew. */
    private static final Set<String> LEFT_OUT =
            Set.of("expect", "content-length", "transfer-encoding", "carve-timeout", "carve-to");

    private final SavedRequest kept;
    private final List<Field> fields;

    /**
     * @param given fields that replace those of the same name; an empty value takes them away
     */
    Question(SavedRequest kept, List<Field> given) {
        this.kept = kept;
        Set<String> replaced = new TreeSet<>(LEFT_OUT);
        given.forEach(each -> replaced.add(low(each.name())));
        fields = new ArrayList<>();
        for (Field each : kept.fields()) {
            if (!replaced.contains(low(each.name()))) {
                fields.add(each);
            }
        }
        for (Field each : given) {
            if (!each.value().isEmpty()) {
                fields.add(each);
            }
        }
    }

    private static String low(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** Why it can not be asked again; null if it can. */
    @Nullable String refusal(Sides sides) {
        if (!REPEATABLE.contains(kept.method()) && !sides.safe()) {
            return kept.method() + " may change something (expected: safe: true at the route)";
        }
        if (sides.rewrites()) {
            return "the route rewrites its requests, which are kept as their clients sent them";
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
        for (Field each : fields) {
            if (each.value().equals(Redactor.HIDDEN)) {
                missing.add(low(each.name()));
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
        Head head = request.head().startRequest(kept.method(), kept.target());
        fields.forEach(each -> head.add(each.name(), each.value()));
        request.edits().add(CarveAction.MARK, CarveAction.MARK_COPY);
        request.ofNobody(kept.body().bytes().length);
    }

    byte[] body() {
        return kept.body().bytes();
    }
}
