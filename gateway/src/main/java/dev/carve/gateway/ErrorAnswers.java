package dev.carve.gateway;

import dev.carve.http.Field;
import dev.carve.http.Head;
import dev.carve.http.Loop;
import dev.carve.http.Method;
import dev.carve.runtime.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What clients are told of failures: status and stable code of the kind, JSON or plain text by
 * {@code Accept}, or a page of the operator's own. Never an internal message. Immutable; any event
 * loop.
 *
 * <p>Implementation notes: in an overload refusals are most of what there is, and what they leave
 * to the collector would slow down everybody else. So there is one head per loop for them, and an
 * answer is good until the loop's next.
 */
final class ErrorAnswers {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final Map<Integer, Page> pages;

    /**
     * A page of the operator's own.
     *
     * @param contentType of the text
     * @param text the whole body; {@code {code}}, {@code {status}}, {@code {request_id}} are filled
     *     in
     */
    record Page(String contentType, String text) {}

    ErrorAnswers(Map<Integer, Page> pages) {
        this.pages = Map.copyOf(pages);
    }

    LocalAnswer of(Exchange exchange, Failure why) {
        long seconds = (why.retryAfterNanos() + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND;
        return build(
                exchange.loop(),
                exchange.head(),
                exchange.id.text(),
                why,
                (int) Math.max(1, seconds));
    }

    /** For a request that was not understood: nothing of its head is used. */
    LocalAnswer ofMalformed(Loop loop, Failure why, String id) {
        return build(loop, null, id, why, 0);
    }

    private LocalAnswer build(
            Loop loop, @Nullable Head request, String id, Failure why, int retryAfterSeconds) {
        int status = why.kind().status();
        Head head = LoopState.of(loop).failureHead();
        head.startResponse(status, Reasons.of(status));
        Page page = pages.get(status);
        String type;
        String text;
        if (page != null) {
            type = page.contentType();
            text =
                    page.text()
                            .replace("{code}", why.kind().code())
                            .replace("{status}", Integer.toString(status))
                            .replace("{request_id}", id);
        } else if (request != null && wantsJson(request)) {
            type = "application/json";
            text =
                    "{\"error\":\""
                            + why.kind().code()
                            + "\",\"message\":\""
                            + why.kind().text()
                            + "\",\"request_id\":\""
                            + id
                            + "\"}\n";
        } else {
            type = "text/plain; charset=utf-8";
            text =
                    status
                            + " "
                            + why.kind().code()
                            + ": "
                            + why.kind().text()
                            + " (request "
                            + id
                            + ")\n";
        }
        head.add("Content-Type", type);
        head.add(Field.CARVE_ERROR.text(), why.kind().code());
        head.add(Field.X_REQUEST_ID.text(), id);
        if (retryAfterSeconds > 0 && status == 503) {
            head.add(Field.RETRY_AFTER.text(), Integer.toString(retryAfterSeconds));
        }
        return LocalAnswer.of(head, text.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean wantsJson(Head request) {
        int number = request.find(Field.ACCEPT);
        if (number == Head.NONE || request.method() == Method.HEAD) {
            return false;
        }
        String accept = request.value(number).toLowerCase(Locale.ROOT);
        return accept.contains("json");
    }
}
