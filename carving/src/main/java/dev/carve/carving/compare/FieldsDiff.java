package dev.carve.carving.compare;

import java.util.Arrays;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares header fields by what they mean where two servers often write it differently: media
 * types (RFC 9110, 8.3.1) without case, blanks and quotes, lists of tokens as sets, and several
 * fields of one name as one list (RFC 9110, 5.3). All else is compared exactly.
 *
 * <p>Stateless; any thread.
 */
final class FieldsDiff {

    private static final String CONTENT_TYPE = "content-type";

    /** Lists whose order and case do not matter. */
    private static final Set<String> SETS =
            Set.of(
                    "allow",
                    "cache-control",
                    "vary",
                    "accept-ranges",
                    "access-control-allow-headers",
                    "access-control-allow-methods",
                    "access-control-expose-headers");

    /** Of one name; further ones are not looked at. */
    private static final int FIELDS_MAX = 64;

    private FieldsDiff() {}

    static void compare(Rules rules, Fields old, Fields fresh, Differences out) {
        // By index: an iterator would be the only object that comparing equal answers makes.
        for (int i = 0; i < rules.headers().size(); i++) {
            String name = rules.headers().get(i);
            if (old.sameValues(name, fresh) || same(name, old, fresh)) {
                continue;
            }
            Difference.Kind kind =
                    old.value(name, 0) == null
                            ? Difference.Kind.ADDED
                            : fresh.value(name, 0) == null
                                    ? Difference.Kind.MISSING
                                    : Difference.Kind.CHANGED;
            out.add(Place.header(name), kind);
        }
    }

    private static boolean same(String name, Fields old, Fields fresh) {
        for (int i = 0; i < FIELDS_MAX; i++) {
            String one = old.value(name, i);
            String other = fresh.value(name, i);
            if (one == null && other == null) {
                return true;
            }
            if (one == null || !one.equals(other)) {
                String joined = joined(name, old);
                String otherJoined = joined(name, fresh);
                return joined != null
                        && otherJoined != null
                        && normal(name, joined).equals(normal(name, otherJoined));
            }
        }
        return true;
    }

    private static @Nullable String joined(String name, Fields fields) {
        String first = fields.value(name, 0);
        if (first == null || fields.value(name, 1) == null) {
            return first;
        }
        StringJoiner all = new StringJoiner(", ");
        for (int i = 0; i < FIELDS_MAX; i++) {
            String value = fields.value(name, i);
            if (value == null) {
                break;
            }
            all.add(value);
        }
        return all.toString();
    }

    private static String normal(String name, String value) {
        if (name.equals(CONTENT_TYPE)) {
            return Ascii.lower(value).replaceAll("[ \t\"]", "");
        }
        if (SETS.contains(name)) {
            TreeSet<String> parts = new TreeSet<>();
            Arrays.stream(Ascii.lower(value).split(",", -1)).map(String::strip).forEach(parts::add);
            return String.join(",", parts);
        }
        return value;
    }
}
