package dev.carve.carving.compare;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What to look at when two answers are compared, compiled from {@link RuleSource}. Immutable; any
 * number of comparers may use one.
 */
public final class Rules {

    /**
     * Header fields that are compared unless the rules say otherwise: those that change what a
     * client does with an answer. Left out are those that two servers never agree on (Date, Server,
     * ETag, Last-Modified, Set-Cookie, lengths and codings).
     */
    public static final List<String> HEADERS =
            List.of(
                    "Content-Type",
                    "Content-Language",
                    "Content-Disposition",
                    "Content-Range",
                    "Location",
                    "Link",
                    "Cache-Control",
                    "Allow",
                    "WWW-Authenticate",
                    "Access-Control-Allow-Origin",
                    "Access-Control-Allow-Credentials");

    private static final int HEADERS_MAX = 100;
    private static final int PATTERNS_MAX = 100;
    private static final int PATTERN_CHARS_MAX = 1_024;
    private static final String NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}";

    /** A compiled replacement. */
    record Swap(Pattern pattern, String with) {}

    private final RuleNode root;
    private final long seed;
    private final List<String> headers;
    private final List<Swap> swaps;
    private final List<Pattern> numbers;

    private Rules(
            RuleNode root,
            long seed,
            List<String> headers,
            List<Swap> swaps,
            List<Pattern> numbers) {
        this.root = root;
        this.seed = seed;
        this.headers = headers;
        this.swaps = swaps;
        this.numbers = numbers;
    }

    /**
     * Compiles rules.
     *
     * @param seed for hashes of keys: any number that those who write bodies do not know
     * @throws BadRule for the first rule that means nothing; its message says value and expected
     */
    public static Rules compile(RuleSource source, long seed) {
        return new Rules(
                RuleCompiler.compile(source),
                seed,
                headers(source),
                swaps(source),
                patterns("numbers", source.numbers()));
    }

    private static List<String> headers(RuleSource source) {
        Set<String> names = new LinkedHashSet<>();
        HEADERS.forEach(name -> names.add(Ascii.lower(name)));
        names.addAll(names("headers", source.headers()));
        names("ignore_headers", source.ignoreHeaders()).forEach(names::remove);
        return List.copyOf(names);
    }

    private static List<String> names(String key, List<String> written) {
        checkSize(key, written.size(), HEADERS_MAX);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < written.size(); i++) {
            if (!written.get(i).matches(NAME)) {
                throw new BadRule(
                        key + "[" + i + "]",
                        written.get(i),
                        "is no field name",
                        "a name such as Location");
            }
            names.add(Ascii.lower(written.get(i)));
        }
        return names;
    }

    private static List<Swap> swaps(RuleSource source) {
        checkSize("replace", source.replace().size(), PATTERNS_MAX);
        List<Swap> swaps = new ArrayList<>();
        for (int i = 0; i < source.replace().size(); i++) {
            RuleSource.Replacement written = source.replace().get(i);
            String key = "replace[" + i + "]";
            checkLength(key, written.with());
            swaps.add(new Swap(pattern(key, written.pattern()), written.with()));
        }
        return List.copyOf(swaps);
    }

    private static List<Pattern> patterns(String key, List<String> written) {
        checkSize(key, written.size(), PATTERNS_MAX);
        List<Pattern> patterns = new ArrayList<>();
        for (int i = 0; i < written.size(); i++) {
            patterns.add(pattern(key + "[" + i + "]", written.get(i)));
        }
        return List.copyOf(patterns);
    }

    private static Pattern pattern(String key, String written) {
        checkLength(key, written);
        try {
            return Pattern.compile(written);
        } catch (PatternSyntaxException e) {
            throw new BadRule(
                    key,
                    written,
                    "is no regular expression",
                    "one of java.util.regex, such as \"took \\d+ ms\"; position "
                            + e.getIndex()
                            + ", "
                            + e.getDescription());
        }
    }

    private static void checkLength(String key, String written) {
        if (written.length() > PATTERN_CHARS_MAX) {
            throw new BadRule(
                    key, written, "is too long", "at most " + PATTERN_CHARS_MAX + " characters");
        }
    }

    private static void checkSize(String key, int size, int most) {
        if (size > most) {
            throw new BadRule(key, Integer.toString(size), "is too many", "at most " + most);
        }
    }

    RuleNode root() {
        return root;
    }

    long seed() {
        return seed;
    }

    /** The names of the fields to compare, in lower case. */
    public List<String> headers() {
        return headers;
    }

    List<Swap> swaps() {
        return swaps;
    }

    /** Which numbers of a text may differ by {@link #textTolerance}; empty for all. */
    List<Pattern> numbers() {
        return numbers;
    }

    @Nullable Tolerance textTolerance() {
        return root.tolerance;
    }
}
