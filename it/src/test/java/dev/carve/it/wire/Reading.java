package dev.carve.it.wire;

import dev.carve.testkit.Field;
import dev.carve.testkit.Octets;
import dev.carve.testkit.RecordedRequest;
import java.util.List;

/**
 * The one way in which a request may be read at the upstream.
 *
 * @param method its method
 * @param targets its target; more than one where forms are equal in meaning
 * @param body its body
 * @param with fields it has
 * @param without names of fields it has not
 */
record Reading(
        String method, List<String> targets, Octets body, List<Field> with, List<String> without) {

    /** Whether the message is this one: where it begins and ends, what it asks of what. */
    boolean sameMessage(RecordedRequest seen) {
        return method.equals(seen.method())
                && targets.contains(seen.target())
                && body.equals(seen.body().kept());
    }

    /** Whether the fields of interest are as they should be. */
    boolean sameFields(RecordedRequest seen) {
        return with.stream().allMatch(f -> seen.head().all(f.name()).contains(f.value()))
                && without.stream().noneMatch(seen.head()::has);
    }

    @Override
    public String toString() {
        return method
                + " "
                + Octets.of(targets.getFirst()).escaped(60)
                + (body.isEmpty() ? "" : " +" + body.length());
    }
}
