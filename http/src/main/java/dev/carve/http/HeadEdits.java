package dev.carve.http;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What changes between a head as it came and as it leaves: fields left out by number, lines added
 * at the end, another target. The head itself stays as it is, so that two calls of one request can
 * leave it in two ways. Applied once, when the head is written.
 *
 * <p>Thread: the event loop of the exchange that owns it. Reused through {@link #clear}.
 */
public final class HeadEdits {

    private static final byte[] TRAILERS = Ascii.bytes("trailers");

    private static final long HOP_BY_HOP =
            Head.bit(Field.CONNECTION)
                    | Head.bit(Field.KEEP_ALIVE)
                    | Head.bit(Field.PROXY_CONNECTION)
                    | Head.bit(Field.TRANSFER_ENCODING)
                    | Head.bit(Field.UPGRADE)
                    | Head.bit(Field.TE)
                    | Head.bit(Field.HTTP2_SETTINGS);

    private long[] dropped = new long[2];
    private boolean dropsAny;
    byte[] added = new byte[192];
    int addedLength;
    byte @Nullable [] target;

    public void clear() {
        if (dropsAny) {
            Arrays.fill(dropped, 0);
            dropsAny = false;
        }
        if (added.length > Head.KEPT_BYTES) {
            added = new byte[192];
        }
        addedLength = 0;
        target = null;
    }

    /** Becomes the same edits, sharing nothing with them. */
    public void copyFrom(HeadEdits other) {
        if (dropped.length != other.dropped.length) {
            dropped = new long[other.dropped.length];
        }
        System.arraycopy(other.dropped, 0, dropped, 0, dropped.length);
        dropsAny = other.dropsAny;
        if (added.length < other.addedLength) {
            added = new byte[other.addedLength];
        }
        System.arraycopy(other.added, 0, added, 0, other.addedLength);
        addedLength = other.addedLength;
        target = other.target;
    }

    /** Leaves out the field of this number. */
    public void drop(int number) {
        int word = number >>> 6;
        if (word >= dropped.length) {
            dropped = Arrays.copyOf(dropped, Math.max(word + 1, dropped.length * 2));
        }
        dropped[word] |= 1L << number;
        dropsAny = true;
    }

    /** Leaves out every field of this kind. */
    public void drop(Head head, Field field) {
        for (int i = head.find(field); i != Head.NONE; i = head.next(field, i)) {
            drop(i);
        }
    }

    /** Leaves out every field with this lower-case name. */
    public void drop(Head head, byte[] lowerName) {
        for (int i = head.next(lowerName, -1); i != Head.NONE; i = head.next(lowerName, i)) {
            drop(i);
        }
    }

    /** Takes back every field with this lower-case name that was added so far. */
    public void takeBack(byte[] lowerName) {
        int kept = 0;
        for (int from = 0; from < addedLength; ) {
            int end = lineEnd(from);
            if (!isNamed(from, lowerName)) {
                System.arraycopy(added, from, added, kept, end - from);
                kept += end - from;
            }
            from = end;
        }
        addedLength = kept;
    }

    /** Behind the line of an added field. */
    private int lineEnd(int from) {
        int at = from;
        while (at < addedLength && added[at] != '\n') {
            at++;
        }
        return Math.min(at + 1, addedLength);
    }

    private boolean isNamed(int from, byte[] lowerName) {
        int end = from + lowerName.length;
        return end < addedLength
                && added[end] == ':'
                && Ascii.equalsLower(added, from, end, lowerName);
    }

    boolean dropsAny() {
        return dropsAny;
    }

    /** Whether the field of this number is left out. */
    public boolean isDropped(int number) {
        int word = number >>> 6;
        return word < dropped.length && (dropped[word] & 1L << number) != 0;
    }

    /**
     * Leaves out what belongs to one hop (RFC 9110 section 7.6.1): the connection fields and what
     * {@code Connection} names. {@code TE: trailers} goes on, since trailers do.
     */
    void dropHopByHop(Head head, boolean namesFields) {
        if (!head.hasAny(HOP_BY_HOP)) {
            return;
        }
        for (int i = 0; i < head.fields(); i++) {
            Field field = head.field(i);
            if ((HOP_BY_HOP & Head.bit(field)) != 0
                    && !(field == Field.TE && head.valueIs(i, TRAILERS))) {
                drop(i);
            } else if (namesFields && isNamedByConnection(head, i)) {
                drop(i);
            }
        }
    }

    /** Whether trailers are asked for, which {@link #dropHopByHop} leaves in place. */
    static boolean asksForTrailers(Head head) {
        return head.has(Field.TE)
                && !head.isRepeated(Field.TE)
                && head.valueIs(head.find(Field.TE), TRAILERS);
    }

    private static boolean isNamedByConnection(Head head, int number) {
        long kept = Framing.END_TO_END | Head.bit(Field.TE);
        if ((kept & Head.bit(head.field(number)) & ~Head.bit(Field.OTHER)) != 0) {
            return false;
        }
        int length = head.nameEnd(number) - head.nameStart(number);
        byte[] lower = new byte[length];
        for (int i = 0; i < length; i++) {
            lower[i] = Ascii.lower(head.bytes[head.nameStart(number) + i]);
        }
        return head.listHolds(Field.CONNECTION, lower);
    }

    /** Another request target, Latin-1 bytes that are already known to be valid. */
    public void target(byte[] target) {
        this.target = target;
    }

    /** Adds a field at the end; name and value are already known to be valid. */
    public void add(String name, String value) {
        begin(name);
        append(value);
        end();
    }

    /** Adds a whole line, its CRLF included. */
    public void addLine(byte[] line) {
        append(line, 0, line.length);
    }

    /** Whether a field with this lower-case name was added. */
    public boolean adds(byte[] lowerName) {
        for (int from = 0; from < addedLength; from = lineEnd(from)) {
            if (isNamed(from, lowerName)) {
                return true;
            }
        }
        return false;
    }

    /** Begins a field; {@link #append} gives its value, {@link #end} ends it. */
    public HeadEdits begin(String name) {
        append(name);
        append((byte) ':');
        append((byte) ' ');
        return this;
    }

    public HeadEdits append(String text) {
        int count = text.length();
        reserve(count);
        for (int i = 0; i < count; i++) {
            added[addedLength + i] = (byte) text.charAt(i);
        }
        addedLength += count;
        return this;
    }

    public HeadEdits append(byte[] bytes, int from, int to) {
        reserve(to - from);
        System.arraycopy(bytes, from, added, addedLength, to - from);
        addedLength += to - from;
        return this;
    }

    public HeadEdits append(byte b) {
        reserve(1);
        added[addedLength++] = b;
        return this;
    }

    /** Appends a number in sixteen lower-case hexadecimal digits. */
    public HeadEdits appendHex(long value) {
        reserve(16);
        for (int i = 0; i < 16; i++) {
            added[addedLength + i] = HEX[(int) (value >>> (60 - 4 * i)) & 15];
        }
        addedLength += 16;
        return this;
    }

    private static final byte[] HEX = Ascii.bytes("0123456789abcdef");

    public void end() {
        append((byte) '\r');
        append((byte) '\n');
    }

    private void reserve(int more) {
        if (addedLength + more > added.length) {
            added = Arrays.copyOf(added, Math.max(addedLength + more, added.length * 2));
        }
    }
}
