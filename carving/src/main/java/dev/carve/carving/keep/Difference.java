package dev.carve.carving.keep;

import java.time.Instant;
import java.util.List;

/**
 * One exchange whose two answers differ. Immutable; the time is kept to the millisecond.
 *
 * @param carve whose
 * @param at when the request came
 * @param paths where the answers differ, as the comparison names it; at least one
 * @param request what both sides were asked
 * @param oldAnswer of the old side
 * @param newAnswer of the new side
 */
public record Difference(
        CarveKey carve,
        Instant at,
        List<String> paths,
        SavedRequest request,
        SavedAnswer oldAnswer,
        SavedAnswer newAnswer) {

    private static final int PATH_CHARS_MAX = 500;

    public Difference {
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("difference of " + carve + " without a path");
        }
        at = Instant.ofEpochMilli(at.toEpochMilli());
        paths =
                paths.stream()
                        .map(path -> path.substring(0, Math.min(path.length(), PATH_CHARS_MAX)))
                        .distinct()
                        .toList();
    }

    /** About what it takes, in memory and in the store. */
    long weight() {
        long weight = 200;
        for (String path : paths) {
            weight += path.length() + 50L;
        }
        weight += request.target().length() + weight(request.fields()) + weight(request.body());
        weight += weight(oldAnswer.fields()) + weight(oldAnswer.body());
        weight += weight(newAnswer.fields()) + weight(newAnswer.body());
        return weight;
    }

    private static long weight(List<Field> fields) {
        long weight = 0;
        for (Field each : fields) {
            weight += each.name().length() + each.value().length() + 2L;
        }
        return weight;
    }

    private static long weight(SavedBody body) {
        return body.bytes().length;
    }
}
