package dev.carve.carving.compare;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An index over the bytes of one JSON document (RFC 8259): for each value eight ints in the order
 * of the document. No object is made for a value; strings and numbers stay where they are.
 *
 * <p>What RFC 8259 leaves open is settled so: a byte order mark at the start is skipped; keys may
 * repeat; bytes from 0x80 in strings are not checked.
 *
 * <p>A value is known by its offset in the tape, the root's is 0. The values of an array or object
 * follow it, each reached by {@link #next} of the one before.
 *
 * <p>Threads: owned by one comparer. It holds on to the bytes until {@link #release}.
 */
final class JsonTape {

    static final int OBJECT = 0;
    static final int ARRAY = 1;
    static final int STRING = 2;
    static final int NUMBER = 3;
    static final int TRUE = 4;
    static final int FALSE = 5;
    static final int NULL = 6;

    /** What became of parsing. */
    enum Outcome {
        PARSED,
        NOT_JSON,
        TOO_DEEP,
        TOO_MANY
    }

    /** Ints of a value. */
    private static final int STRIDE = 8;

    private static final int START = 0;
    private static final int END = 1;
    private static final int KIND = 2;
    private static final int NEXT = 3;
    private static final int KEY_START = 4;
    private static final int KEY_END = 5;
    private static final int KEY_HASH = 6;
    private static final int COUNT = 7;

    private static final int KIND_MASK = 7;
    private static final int ESCAPED = 8;
    private static final int KEY_ESCAPED = 16;

    private static final int NO_KEY = -1;
    private static final int FIRST_VALUES = 256;

    /** What is kept between documents; more is given back after a large one. */
    private static final int KEPT_VALUES = 1 << 15;

    private static final byte[] TRUE_WORD = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE_WORD = "false".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL_WORD = "null".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final byte[] NONE = {};

    private final int valuesMax;
    private final int[] open;

    private int[] tape = new int[FIRST_VALUES * STRIDE];
    private int used;
    private byte[] bytes = NONE;
    private int limit;
    private long seed;
    private byte[] unescaped = NONE;

    // Of the value to come, while parsing.
    private int keyStart;
    private int keyEnd;
    private int keyHash;
    private boolean escaped;
    private boolean keyEscaped;

    JsonTape(int valuesMax, int depthMax) {
        this.valuesMax = valuesMax;
        open = new int[depthMax];
    }

    /** Indexes a document; unless it returns PARSED, the tape holds nothing to read. */
    Outcome parse(byte[] document, int from, int to, long hashSeed) {
        bytes = document;
        limit = to;
        seed = hashSeed;
        used = 0;
        noKey();
        int at = JsonText.word(bytes, from, to, MARK);
        return values(JsonText.blank(bytes, at < 0 ? from : at, to));
    }

    /** Lets go of the bytes, and of a large tape. */
    void release() {
        bytes = NONE;
        if (tape.length > KEPT_VALUES * STRIDE) {
            tape = new int[FIRST_VALUES * STRIDE];
        }
        if (unescaped.length > KEPT_VALUES) {
            unescaped = NONE;
        }
    }

    private Outcome values(int first) {
        int at = first;
        int depth = 0;
        while (true) {
            // A value begins here.
            if (at >= limit) {
                return Outcome.NOT_JSON;
            }
            if (used == valuesMax * STRIDE) {
                return Outcome.TOO_MANY;
            }
            int node = append(at);
            byte b = bytes[at];
            int end;
            if (b == '{' || b == '[') {
                int inner = JsonText.blank(bytes, at + 1, limit);
                if (inner >= limit || bytes[inner] != closing(b)) {
                    if (depth == open.length) {
                        return Outcome.TOO_DEEP;
                    }
                    open[depth++] = node;
                    at = child(b, inner);
                    if (at < 0) {
                        return Outcome.NOT_JSON;
                    }
                    continue;
                }
                tape[node + KIND] |= b == '{' ? OBJECT : ARRAY;
                end = inner + 1;
            } else {
                end = scalar(b, at, node);
                if (end < 0) {
                    return Outcome.NOT_JSON;
                }
            }
            tape[node + END] = end;
            tape[node + NEXT] = used;
            // A value ended there: close what ends with it.
            at = JsonText.blank(bytes, end, limit);
            while (depth > 0 && at < limit && bytes[at] != ',') {
                int parent = open[--depth];
                byte opening = bytes[tape[parent + START]];
                if (bytes[at] != closing(opening)) {
                    return Outcome.NOT_JSON;
                }
                tape[parent + COUNT]++;
                tape[parent + KIND] |= opening == '{' ? OBJECT : ARRAY;
                tape[parent + END] = at + 1;
                tape[parent + NEXT] = used;
                at = JsonText.blank(bytes, at + 1, limit);
            }
            if (depth == 0) {
                return at == limit ? Outcome.PARSED : Outcome.NOT_JSON;
            }
            if (at >= limit) {
                return Outcome.NOT_JSON;
            }
            int parent = open[depth - 1];
            tape[parent + COUNT]++;
            at = child(bytes[tape[parent + START]], JsonText.blank(bytes, at + 1, limit));
            if (at < 0) {
                return Outcome.NOT_JSON;
            }
        }
    }

    private static int closing(byte opening) {
        // In ASCII both brackets close two after they open.
        return opening + 2;
    }

    /** Where the next value of an open array or object begins, its key read, or BAD. */
    private int child(byte opening, int at) {
        if (opening == '[') {
            noKey();
            return at;
        }
        if (at >= limit || bytes[at] != '"') {
            return JsonText.BAD;
        }
        int end = string(at + 1);
        if (end < 0) {
            return JsonText.BAD;
        }
        keyStart = at + 1;
        keyEnd = end;
        keyEscaped = escaped;
        keyHash = (int) hashText(at + 1, end, escaped);
        int colon = JsonText.blank(bytes, end + 1, limit);
        if (colon >= limit || bytes[colon] != ':') {
            return JsonText.BAD;
        }
        return JsonText.blank(bytes, colon + 1, limit);
    }

    private void noKey() {
        keyStart = NO_KEY;
        keyEnd = NO_KEY;
        keyHash = 0;
        keyEscaped = false;
    }

    private int append(int start) {
        if (used == tape.length) {
            tape = Arrays.copyOf(tape, tape.length * 2);
        }
        int node = used;
        int[] t = tape;
        t[node + START] = start;
        t[node + KIND] = keyEscaped ? KEY_ESCAPED : 0;
        t[node + KEY_START] = keyStart;
        t[node + KEY_END] = keyEnd;
        t[node + KEY_HASH] = keyHash;
        t[node + COUNT] = 0;
        used = node + STRIDE;
        return node;
    }

    private int scalar(byte b, int at, int node) {
        int kind;
        int end;
        switch (b) {
            case '"' -> {
                end = string(at + 1) + 1;
                kind = escaped ? STRING | ESCAPED : STRING;
                // BAD + 1 is 0, where no string can end.
                end = end == 0 ? JsonText.BAD : end;
            }
            case 't' -> {
                end = JsonText.word(bytes, at, limit, TRUE_WORD);
                kind = TRUE;
            }
            case 'f' -> {
                end = JsonText.word(bytes, at, limit, FALSE_WORD);
                kind = FALSE;
            }
            case 'n' -> {
                end = JsonText.word(bytes, at, limit, NULL_WORD);
                kind = NULL;
            }
            default -> {
                end = JsonText.number(bytes, at, limit);
                kind = NUMBER;
            }
        }
        tape[node + KIND] |= kind;
        return end;
    }

    /** The position of the quote that ends a string, or BAD; sets {@link #escaped}. */
    private int string(int from) {
        escaped = false;
        int at = from;
        while (true) {
            at = JsonText.plain(bytes, at, limit);
            if (at >= limit) {
                return JsonText.BAD;
            }
            if (bytes[at] == '"') {
                return at;
            }
            if (bytes[at] != '\\') {
                return JsonText.BAD;
            }
            escaped = true;
            at = JsonText.escape(bytes, at, limit);
            if (at < 0) {
                return JsonText.BAD;
            }
        }
    }

    // Reading. A value's offset comes from here, so that nothing is checked again.

    int kind(int node) {
        return tape[node + KIND] & KIND_MASK;
    }

    int count(int node) {
        return tape[node + COUNT];
    }

    /** The first value of an array or object that has one. */
    static int first(int node) {
        return node + STRIDE;
    }

    /** The value after this one and all it holds. */
    int next(int node) {
        return tape[node + NEXT];
    }

    boolean hasKey(int node) {
        return tape[node + KEY_START] != NO_KEY;
    }

    int keyHash(int node) {
        return tape[node + KEY_HASH];
    }

    byte[] bytes() {
        return bytes;
    }

    int start(int node) {
        return tape[node + START];
    }

    int end(int node) {
        return tape[node + END];
    }

    /** Whether two values are written with the same bytes, and so are the same under any rules. */
    boolean sameBytes(int node, JsonTape other, int otherNode) {
        return WordHash.same(
                bytes,
                start(node),
                end(node),
                other.bytes,
                other.start(otherNode),
                other.end(otherNode));
    }

    boolean sameKey(int node, JsonTape other, int otherNode) {
        return tape[node + KEY_HASH] == other.tape[otherNode + KEY_HASH]
                && sameText(
                        tape[node + KEY_START],
                        tape[node + KEY_END],
                        (tape[node + KIND] & KEY_ESCAPED) != 0,
                        other,
                        other.tape[otherNode + KEY_START],
                        other.tape[otherNode + KEY_END],
                        (other.tape[otherNode + KIND] & KEY_ESCAPED) != 0);
    }

    /** Whether two strings stand for the same characters. */
    boolean sameString(int node, JsonTape other, int otherNode) {
        return sameText(
                start(node) + 1,
                end(node) - 1,
                (tape[node + KIND] & ESCAPED) != 0,
                other,
                other.start(otherNode) + 1,
                other.end(otherNode) - 1,
                (other.tape[otherNode + KIND] & ESCAPED) != 0);
    }

    private boolean sameText(
            int from,
            int to,
            boolean hasEscapes,
            JsonTape other,
            int otherFrom,
            int otherTo,
            boolean otherHasEscapes) {
        if (!hasEscapes && !otherHasEscapes) {
            return WordHash.same(bytes, from, to, other.bytes, otherFrom, otherTo);
        }
        int length = unescape(from, to);
        int otherLength = other.unescape(otherFrom, otherTo);
        return Arrays.equals(unescaped, 0, length, other.unescaped, 0, otherLength);
    }

    boolean keyIs(int node, byte[] name) {
        int from = tape[node + KEY_START];
        int to = tape[node + KEY_END];
        if ((tape[node + KIND] & KEY_ESCAPED) == 0) {
            return to - from == name.length && WordHash.same(bytes, from, to, name, 0, name.length);
        }
        int length = unescape(from, to);
        return Arrays.equals(unescaped, 0, length, name, 0, name.length);
    }

    /** The key of a value as text, cut to about so many characters. */
    String key(int node, int charsMax) {
        int length = unescape(tape[node + KEY_START], tape[node + KEY_END]);
        // No character takes more than four bytes.
        int kept = Math.min(length, charsMax * 4);
        String key = new String(unescaped, 0, kept, StandardCharsets.UTF_8);
        return key.length() > charsMax ? key.substring(0, charsMax) : key;
    }

    long stringHash(int node) {
        return hashText(start(node) + 1, end(node) - 1, (tape[node + KIND] & ESCAPED) != 0);
    }

    private long hashText(int from, int to, boolean hasEscapes) {
        if (!hasEscapes) {
            return WordHash.of(seed, bytes, from, to);
        }
        int length = unescape(from, to);
        return WordHash.of(seed, unescaped, 0, length);
    }

    /** Fills {@link #unescaped} with what a string stands for and returns its length. */
    private int unescape(int from, int to) {
        if (unescaped.length < to - from) {
            unescaped = new byte[Math.max(to - from, Math.min(2 * unescaped.length, KEPT_VALUES))];
        }
        return JsonText.unescape(bytes, from, to, unescaped);
    }
}
