package dev.carve.carving;

import dev.carve.carving.compare.Fields;
import dev.carve.http.Ascii;
import dev.carve.http.Head;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one captured head after the other, as the comparer asks for them: by name, of which
 * there are few. One worker's.
 */
final class HeadFields implements Fields {

    private static final int NAMES_MAX = 256;

    private final Map<String, byte[]> lowerNames = new HashMap<>();
    private Head head = new Head();

    // What was read last: mostly the media type, and mostly the same as that of the answer before.
    private byte[] lastBytes = {};
    private String last = "";

    HeadFields of(Head now) {
        head = now;
        return this;
    }

    @Override
    public @Nullable String value(String name, int occurrence) {
        byte[] lower = lower(name);
        int number = -1;
        for (int seen = 0; seen <= occurrence; seen++) {
            number = head.next(lower, number);
            if (number == Head.NONE) {
                return null;
            }
        }
        return text(head.valueStart(number), head.valueEnd(number), number);
    }

    private String text(int from, int to, int number) {
        byte[] bytes = head.bytes();
        if (!Arrays.equals(bytes, from, to, lastBytes, 0, lastBytes.length)) {
            lastBytes = Arrays.copyOfRange(bytes, from, to);
            last = head.value(number);
        }
        return last;
    }

    @Override
    public boolean sameValues(String name, Fields other) {
        if (!(other instanceof HeadFields fields)) {
            return false;
        }
        byte[] lower = lower(name);
        Head theirs = fields.head;
        int mine = head.next(lower, -1);
        int its = theirs.next(lower, -1);
        while (mine != Head.NONE && its != Head.NONE) {
            if (!Arrays.equals(
                    head.bytes(),
                    head.valueStart(mine),
                    head.valueEnd(mine),
                    theirs.bytes(),
                    theirs.valueStart(its),
                    theirs.valueEnd(its))) {
                return false;
            }
            mine = head.next(lower, mine);
            its = theirs.next(lower, its);
        }
        return mine == its;
    }

    private byte[] lower(String name) {
        byte[] lower = lowerNames.get(name);
        if (lower == null) {
            lower = Ascii.bytes(name.toLowerCase(Locale.ROOT));
            if (lowerNames.size() < NAMES_MAX) {
                lowerNames.put(name, lower);
            }
        }
        return lower;
    }
}
