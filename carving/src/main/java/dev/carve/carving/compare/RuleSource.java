package dev.carve.carving.compare;

import java.util.List;
import java.util.Map;

/**
 * The rules as they are written. A path is a JSON Pointer (RFC 6901: {@code ~1} for a slash in a
 * key, {@code ~0} for a tilde) in which a token {@code *} stands for any key or index; the empty
 * path is the whole body.
 *
 * @param ignore paths of what is not compared, with all below it; stronger than {@code only}
 * @param only paths of what alone is compared, with all below it; empty for everything
 * @param sort paths of arrays whose order does not matter
 * @param tolerance by path, for the numbers there and below, where the longest path wins: a share
 *     of the larger of both such as {@code 0.5%}, or a distance such as {@code 0.01}. That of the
 *     empty path holds for numbers in text too
 * @param replace what is replaced in texts before they are compared, in this order
 * @param numbers regular expressions that find the numbers in a text, by their first group if they
 *     have one; empty for every number. Without a tolerance for the empty path they mean nothing
 * @param headers names of fields to compare beside {@link Rules#HEADERS}
 * @param ignoreHeaders names of fields not to compare
 */
public record RuleSource(
        List<String> ignore,
        List<String> only,
        List<String> sort,
        Map<String, String> tolerance,
        List<Replacement> replace,
        List<String> numbers,
        List<String> headers,
        List<String> ignoreHeaders) {

    /**
     * A replacement in texts.
     *
     * @param pattern a regular expression of {@link java.util.regex.Pattern}
     * @param with the text that stands for each match, taken literally
     */
    public record Replacement(String pattern, String with) {}

    /** No rules: every place counts. */
    public static final RuleSource NONE =
            new RuleSource(
                    List.of(), List.of(), List.of(), Map.of(), List.of(), List.of(), List.of(),
                    List.of());

    public RuleSource {
        ignore = List.copyOf(ignore);
        only = List.copyOf(only);
        sort = List.copyOf(sort);
        tolerance = Map.copyOf(tolerance);
        replace = List.copyOf(replace);
        numbers = List.copyOf(numbers);
        headers = List.copyOf(headers);
        ignoreHeaders = List.copyOf(ignoreHeaders);
    }
}
