package dev.carve.gateway.route;

/**
 * Two matches that take the same requests with nothing to put one first.
 *
 * @param first the number of the earlier in the list
 * @param second the number of the later
 */
public record RouteConflict(int first, int second, RouteMatch firstMatch, RouteMatch secondMatch) {

    /** What is wrong with the second and what was expected, without its place. */
    public String message() {
        return Quote.of(secondMatch.toString())
                + " takes the same requests as "
                + Quote.of(firstMatch.toString())
                + " of routes["
                + first
                + "] (expected: another host, path, method or number of conditions, or conditions"
                + " that exclude each other)";
    }
}
