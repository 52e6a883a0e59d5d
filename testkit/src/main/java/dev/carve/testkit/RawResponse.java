package dev.carve.testkit;

import java.util.List;
import java.util.Optional;

/**
 * One response, read strictly.
 *
 * @param head the head as it came
 * @param version {@code HTTP/1.0} or {@code HTTP/1.1}
 * @param status the status code
 * @param reason the status text, possibly empty
 * @param body the body, its framing taken off
 * @param interim the 1xx responses that came before it, in order
 */
public record RawResponse(
        Head head,
        String version,
        int status,
        String reason,
        Body body,
        List<RawResponse> interim) {

    /** The head's fields in order. */
    public List<Field> fields() {
        return head.fields();
    }

    /** The first value of a field. */
    public Optional<String> field(String name) {
        return head.first(name);
    }

    /** The body as ISO-8859-1. */
    public String bodyText() {
        return body.kept().text();
    }

    RawResponse after(List<RawResponse> earlier) {
        return new RawResponse(head, version, status, reason, body, List.copyOf(earlier));
    }
}
