package dev.carve.http;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The start line and the fields of one message, whatever its protocol: one byte arena and an index
 * of ranges into it. HTTP/1 copies the head once out of the receive buffer and indexes it where it
 * lies; another protocol appends {@code name: value CRLF} lines with {@link #add}, so that writing
 * a head is always copying runs of the arena. No object per field.
 *
 * <p>Built by a parser or through the {@code start} and {@code add} methods, then read only: two
 * calls of one request share it. Arenas are reused through {@link #clear}, which keeps up to
 * {@value #KEPT_BYTES} bytes.
 *
 * <p>Thread: the event loop of the connection that owns it.
 */
public final class Head {

    /** No such field. */
    public static final int NONE = -1;

    static final int KEPT_BYTES = 4096;
    private static final int FIRST_BYTES = 512;

    /** Where a status line's code ends: behind {@code HTTP/1.1 200}. */
    static final int STATUS_END = 12;

    // Columns of one row of the index. The name's end carries the field's ordinal in its high byte.
    private static final int NAME = 0;
    private static final int NAME_END = 1;
    private static final int VALUE = 2;
    private static final int VALUE_END = 3;
    private static final int COLUMNS = 4;
    private static final int OFFSET_BITS = 24;
    private static final int OFFSET_MASK = (1 << OFFSET_BITS) - 1;

    /** The greatest head in bytes: offsets share an int with the field's ordinal. */
    public static final int BYTES_MAX = 1 << 20;

    byte[] bytes = new byte[FIRST_BYTES];
    int length;
    private int[] index = new int[16 * COLUMNS];
    private int fields;
    private long known;
    private long repeated;

    // Start line.
    private Method method = Method.OTHER;
    private int methodEnd;
    private int targetStart;
    private int targetEnd;
    private int minorVersion = 1;
    private int status;
    private int reasonStart;
    private int reasonEnd;
    int fieldsStart;

    // Where an interrupted parse goes on; only the parser uses these.
    int scanned;
    int lineStart;

    /** Forgets the message; keeps a small arena for the next. */
    public void clear() {
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[FIRST_BYTES];
        }
        if (index.length > 64 * COLUMNS) {
            index = new int[16 * COLUMNS];
        }
        length = 0;
        fields = 0;
        known = 0;
        repeated = 0;
        method = Method.OTHER;
        methodEnd = 0;
        targetStart = 0;
        targetEnd = 0;
        minorVersion = 1;
        status = 0;
        reasonStart = 0;
        reasonEnd = 0;
        fieldsStart = 0;
        scanned = 0;
        lineStart = 0;
    }

    /** Becomes the same message, sharing nothing with it: offsets hold for both. */
    public void copyFrom(Head other) {
        if (bytes.length < other.length) {
            bytes = new byte[other.length];
        }
        System.arraycopy(other.bytes, 0, bytes, 0, other.length);
        int used = other.fields * COLUMNS;
        if (index.length < used) {
            index = new int[used];
        }
        System.arraycopy(other.index, 0, index, 0, used);
        length = other.length;
        fields = other.fields;
        known = other.known;
        repeated = other.repeated;
        method = other.method;
        methodEnd = other.methodEnd;
        targetStart = other.targetStart;
        targetEnd = other.targetEnd;
        minorVersion = other.minorVersion;
        status = other.status;
        reasonStart = other.reasonStart;
        reasonEnd = other.reasonEnd;
        fieldsStart = other.fieldsStart;
        scanned = other.scanned;
        lineStart = other.lineStart;
    }

    // Reading.

    /** The arena; ranges of this head point into it. Never write to it. */
    public byte[] bytes() {
        return bytes;
    }

    public Method method() {
        return method;
    }

    public String methodText() {
        return Ascii.text(bytes, 0, methodEnd);
    }

    /** End of the method, which starts at 0. */
    public int methodEnd() {
        return methodEnd;
    }

    public int targetStart() {
        return targetStart;
    }

    public int targetEnd() {
        return targetEnd;
    }

    public String target() {
        return Ascii.text(bytes, targetStart, targetEnd);
    }

    /** 0 for HTTP/1.0, 1 for HTTP/1.1 and whatever later protocols decode to. */
    public int minorVersion() {
        return minorVersion;
    }

    /** The status code of a response, 0 in a request. */
    public int status() {
        return status;
    }

    public String reason() {
        return Ascii.text(bytes, reasonStart, reasonEnd);
    }

    /** How many fields there are; they are numbered from 0 in their order on the wire. */
    public int fields() {
        return fields;
    }

    public boolean has(Field field) {
        return (known & (1L << field.ordinal())) != 0;
    }

    /** Whether this field stands there more than once. */
    public boolean isRepeated(Field field) {
        return (repeated & (1L << field.ordinal())) != 0;
    }

    /** Whether any of the fields whose bits are set is there; see {@link #bit}. */
    public boolean hasAny(long bits) {
        return (known & bits) != 0;
    }

    public static long bit(Field field) {
        return 1L << field.ordinal();
    }

    /** The number of the first such field, {@link #NONE} if there is none. */
    public int find(Field field) {
        return has(field) ? next(field, -1) : NONE;
    }

    /** The number of the next such field after number {@code after}, {@link #NONE} if none is. */
    public int next(Field field, int after) {
        for (int i = after + 1; i < fields; i++) {
            if (index[i * COLUMNS + NAME_END] >>> OFFSET_BITS == field.ordinal()) {
                return i;
            }
        }
        return NONE;
    }

    /** The number of the first field after {@code after} with this lower-case name. */
    public int next(byte[] lowerName, int after) {
        for (int i = after + 1; i < fields; i++) {
            if (Ascii.equalsLower(bytes, nameStart(i), nameEnd(i), lowerName)) {
                return i;
            }
        }
        return NONE;
    }

    public Field field(int number) {
        return Field.of(index[number * COLUMNS + NAME_END] >>> OFFSET_BITS);
    }

    public int nameStart(int number) {
        return index[number * COLUMNS + NAME];
    }

    public int nameEnd(int number) {
        return index[number * COLUMNS + NAME_END] & OFFSET_MASK;
    }

    public int valueStart(int number) {
        return index[number * COLUMNS + VALUE];
    }

    public int valueEnd(int number) {
        return index[number * COLUMNS + VALUE_END];
    }

    /** Where the line of a field ends, its CRLF included. */
    public int lineEnd(int number) {
        return number + 1 < fields ? nameStart(number + 1) : length;
    }

    /** Where the first field's line starts: the end of the start line. */
    public int fieldsStart() {
        return fieldsStart;
    }

    /** Where the last field's line ends; the empty line is not counted. */
    public int fieldsEnd() {
        return length;
    }

    public String name(int number) {
        return Ascii.text(bytes, nameStart(number), nameEnd(number));
    }

    public String value(int number) {
        return Ascii.text(bytes, valueStart(number), valueEnd(number));
    }

    /** The first such field's value, null if there is none. */
    public @Nullable String value(Field field) {
        int number = find(field);
        return number == NONE ? null : value(number);
    }

    /** Whether the value of a field is {@code lower}, which is lower case, whatever its case. */
    public boolean valueIs(int number, byte[] lower) {
        return Ascii.equalsLower(bytes, valueStart(number), valueEnd(number), lower);
    }

    /**
     * Whether some field of this kind holds {@code lower} as a member of its comma-separated list
     * (RFC 9110 section 5.6.1), whatever its case.
     */
    public boolean listHolds(Field field, byte[] lower) {
        for (int i = find(field); i != NONE; i = next(field, i)) {
            int at = valueStart(i);
            int end = valueEnd(i);
            while (at < end) {
                int stop = listMemberStop(at, end);
                int from = skipSpace(at, stop);
                if (Ascii.equalsLower(bytes, from, trimSpace(from, stop), lower)) {
                    return true;
                }
                at = stop + 1;
            }
        }
        return false;
    }

    /** Where the list member that starts at {@code at} stops: at a comma or the value's end. */
    int listMemberStop(int at, int end) {
        int stop = at;
        while (stop < end && bytes[stop] != ',') {
            stop++;
        }
        return stop;
    }

    int skipSpace(int at, int end) {
        int from = at;
        while (from < end && (bytes[from] == ' ' || bytes[from] == '\t')) {
            from++;
        }
        return from;
    }

    int trimSpace(int from, int end) {
        int to = end;
        while (to > from && (bytes[to - 1] == ' ' || bytes[to - 1] == '\t')) {
            to--;
        }
        return to;
    }

    // Building, field by field.

    /** Begins a request; the target is Latin-1 text. */
    public Head startRequest(String method, String target) {
        clear();
        append(method);
        int end = length;
        append(" ");
        int from = length;
        append(target);
        int to = length;
        append(" HTTP/1.1\r\n");
        requestLine(end, from, to, 1);
        fieldsStart = length;
        return this;
    }

    /** Begins a response. */
    public Head startResponse(int status, String reason) {
        clear();
        append("HTTP/1.1 ");
        append(Integer.toString(status));
        append(" ");
        int from = length;
        append(reason);
        statusLine(status, from, length, 1);
        append("\r\n");
        fieldsStart = length;
        return this;
    }

    /** Adds a field; name and value are Latin-1 text already known to be valid. */
    public Head add(String name, String value) {
        int from = length;
        append(name);
        int nameEnd = length;
        append(": ");
        int valueStart = length;
        append(value);
        int valueEnd = length;
        append("\r\n");
        index(from, nameEnd, valueStart, valueEnd);
        return this;
    }

    private void append(String text) {
        int count = text.length();
        reserve(count);
        for (int i = 0; i < count; i++) {
            bytes[length + i] = (byte) text.charAt(i);
        }
        length += count;
    }

    // For parsers.

    /** Makes room for {@code more} bytes behind the arena's end. */
    void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
        }
    }

    void requestLine(int methodEnd, int targetStart, int targetEnd, int minorVersion) {
        this.method = Method.find(bytes, 0, methodEnd);
        this.methodEnd = methodEnd;
        this.targetStart = targetStart;
        this.targetEnd = targetEnd;
        this.minorVersion = minorVersion;
    }

    void statusLine(int status, int reasonStart, int reasonEnd, int minorVersion) {
        this.status = status;
        this.reasonStart = reasonStart;
        this.reasonEnd = reasonEnd;
        this.minorVersion = minorVersion;
    }

    void index(int nameStart, int nameEnd, int valueStart, int valueEnd) {
        int row = fields * COLUMNS;
        if (row == index.length) {
            index = Arrays.copyOf(index, row * 2);
        }
        int id = Field.find(bytes, nameStart, nameEnd);
        repeated |= known & 1L << id;
        known |= 1L << id;
        index[row + NAME] = nameStart;
        index[row + NAME_END] = nameEnd | id << OFFSET_BITS;
        index[row + VALUE] = valueStart;
        index[row + VALUE_END] = valueEnd;
        fields++;
    }

    /**
     * Ends the last field's value at {@code end} or before: an obsolete fold was joined to it,
     * which may be all there is of it.
     */
    void extendLast(int end) {
        int row = (fields - 1) * COLUMNS;
        int from = skipSpace(index[row + VALUE], end);
        index[row + VALUE] = from;
        index[row + VALUE_END] = trimSpace(from, end);
    }

    /** Whether the status line ends behind the code, without the space that belongs there. */
    boolean lacksReason() {
        return reasonEnd == STATUS_END;
    }

    /** The head as text, for tests and for people. */
    @Override
    public String toString() {
        return Ascii.text(bytes, 0, length);
    }
}
