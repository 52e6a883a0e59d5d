package dev.carve.gateway.log;

import dev.carve.http.Ascii;
import java.util.List;
import java.util.Locale;

/**
 * Finds the values of parameters that hold secrets, in a URL's query and fragment and in a form. A
 * name that is itself escaped is taken for one.
 *
 * <p>Where a parameter begins is a matter of opinion: after {@code &} and, for some servers, after
 * {@code ;}; after a further {@code ?} where one URL holds another; after the {@code #} of a
 * fragment. A URL inside another may stand there as it is or escaped, once or several times. Each
 * of them is taken for the beginning of a name, but only {@code &} and {@code #}, escaped no more
 * often than the secret's own {@code =}, for the end of a secret: so that in doubt more is hidden.
 *
 * <p>Immutable, any thread; makes no object.
 */
public final class QuerySecrets {

    /** There is none. */
    public static final long NONE = -1;

    private static final int WIDTH_SHIFT = 8;
    private static final int BYTE = 0xFF;

    private final byte[][] names;

    /**
     * @param names of the parameters, whatever their case; without any nothing is a secret
     */
    public QuerySecrets(List<String> names) {
        this.names =
                names.stream()
                        .map(name -> Ascii.bytes(name.toLowerCase(Locale.ROOT)))
                        .toArray(byte[][]::new);
    }

    /** The first secret of a target or a URL, for {@link #from} and {@link #to}, or NONE. */
    public long first(byte[] bytes, int start, int end) {
        int at = start;
        while (at < end && bytes[at] != '?' && bytes[at] != '#') {
            at++;
        }
        return find(bytes, at + 1, end);
    }

    /** The first secret of {@code name=value} pairs, or NONE. */
    public long firstOfForm(byte[] bytes, int start, int end) {
        return find(bytes, start, end);
    }

    /** The first secret after another one that was found in the same bytes, or NONE. */
    public long next(byte[] bytes, long found, int end) {
        int at = to(found);
        return at < end ? find(bytes, at + width(mark(bytes, at, end)), end) : NONE;
    }

    /** Where a secret that was found begins. */
    public static int from(long found) {
        return (int) (found >>> Integer.SIZE);
    }

    /** Where it ends. */
    public static int to(long found) {
        return (int) found;
    }

    /** Reads on from where a name may begin. */
    private long find(byte[] bytes, int start, int end) {
        int name = names.length == 0 ? end : start;
        while (name < end) {
            boolean escaped = false;
            int at = name;
            int mark = mark(bytes, at, end);
            while (at < end && !endsName(mark)) {
                escaped |= bytes[at] == '%';
                at += width(mark);
                mark = mark(bytes, at, end);
            }
            if (at < end && character(mark) == '=') {
                int value = at + width(mark);
                int to = endOfValue(bytes, value, end, width(mark));
                if (to > value && (escaped || isSecret(bytes, name, at))) {
                    return ((long) value << Integer.SIZE) | to;
                }
                at = value;
                mark = mark(bytes, at, end);
            }
            while (at < end && !beginsName(mark)) {
                at += width(mark);
                mark = mark(bytes, at, end);
            }
            name = at + width(mark);
        }
        return NONE;
    }

    private static int endOfValue(byte[] bytes, int value, int end, int widthOfEquals) {
        int at = value;
        while (at < end) {
            int mark = mark(bytes, at, end);
            boolean separates = character(mark) == '&' || character(mark) == '#';
            if (separates && width(mark) <= widthOfEquals) {
                break;
            }
            at += width(mark);
        }
        return at;
    }

    private static boolean beginsName(int mark) {
        int c = character(mark);
        return c == '&' || c == ';' || c == '?' || c == '#';
    }

    private static boolean endsName(int mark) {
        return character(mark) == '=' || beginsName(mark);
    }

    private boolean isSecret(byte[] bytes, int start, int end) {
        for (byte[] name : names) {
            if (Ascii.equalsLower(bytes, start, end, name)) {
                return true;
            }
        }
        return false;
    }

    // A mark is a character, its escapes undone, and how many bytes it takes: 1, 3, 5 and so on.

    private static int mark(byte[] bytes, int at, int end) {
        if (at >= end) {
            return 1 << WIDTH_SHIFT;
        }
        if (bytes[at] == '%') {
            int digits = at + 1;
            while (digits + 4 <= end && bytes[digits] == '2' && bytes[digits + 1] == '5') {
                digits += 2; // An escaped percent sign: escaped once more.
            }
            int high = digits + 2 <= end ? Ascii.hex(bytes[digits]) : -1;
            int low = high < 0 ? -1 : Ascii.hex(bytes[digits + 1]);
            if (low >= 0) {
                return ((digits + 2 - at) << WIDTH_SHIFT) | (high << 4) | low;
            }
        }
        return (1 << WIDTH_SHIFT) | (bytes[at] & BYTE);
    }

    private static int width(int mark) {
        return mark >>> WIDTH_SHIFT;
    }

    private static int character(int mark) {
        return mark & BYTE;
    }
}
