package dev.carve.carving.keep;

import java.time.Instant;
import java.util.List;

/**
 * A kept exchange without its fields and bodies, for lists. Immutable.
 *
 * @param id by which it is got and deleted
 */
public record KeptDifference(
        long id,
        CarveKey carve,
        Instant at,
        List<String> paths,
        String method,
        String target,
        int oldStatus,
        int newStatus) {}
