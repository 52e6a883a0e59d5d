package dev.carve.carving.compare;

import java.util.Arrays;

/**
 * Walks two documents side by side and tells {@link Differences} where they differ. Members of
 * objects are matched by key: while both sides have them in one order, by looking at the next;
 * after that through a small table of hashes. If a key repeats, its first occurrences are compared
 * with each other, then its second ones, and so on: which of them a client sees is the client's
 * choice, so none is left out.
 *
 * <p>Implementation notes: the old side is always the left one. Values written with the same bytes
 * are the same under any rules and not looked into. Recursion is as deep as the documents, which
 * the tape bounds. The table is a stack: who walks an object owns the top of it.
 *
 * <p>Threads: owned by one comparer.
 */
final class JsonDiff {

    private static final int EMPTY = -1;
    private static final int KEPT_SLOTS = 1 << 16;

    private final JsonTape left;
    private final JsonTape right;
    private final Differences out;
    private final SortedArrays sorted;
    private final Decimal one = new Decimal();
    private final Decimal other = new Decimal();

    private int[] slots = new int[256];
    private int slotsUsed;

    JsonDiff(JsonTape left, JsonTape right, Differences out) {
        this.left = left;
        this.right = right;
        this.out = out;
        sorted = new SortedArrays(left, right, this, out);
    }

    void compare(Rules rules) {
        slotsUsed = 0;
        sorted.start(rules.seed());
        if (!rules.root().ignored) {
            value(0, 0, rules.root());
        }
        one.release();
        other.release();
        sorted.release();
        if (slots.length > KEPT_SLOTS) {
            slots = new int[256];
        }
    }

    /** Compares two values that stand at one path; the rules do not ignore it. */
    void value(int a, int b, RuleNode rules) {
        if (left.sameBytes(a, right, b)) {
            return;
        }
        int kind = left.kind(a);
        if (kind != right.kind(b)) {
            otherKind(a, b, rules);
            return;
        }
        switch (kind) {
            case JsonTape.OBJECT -> members(a, b, rules);
            case JsonTape.ARRAY -> {
                if (rules.sorted) {
                    sorted.compare(a, b, rules);
                } else {
                    elements(a, b, rules);
                }
            }
            case JsonTape.STRING -> {
                if (rules.selected && !left.sameString(a, right, b)) {
                    out.add(Difference.Kind.CHANGED);
                }
            }
            case JsonTape.NUMBER -> {
                if (rules.selected && !sameNumber(a, b, rules)) {
                    out.add(Difference.Kind.CHANGED);
                }
            }
            default -> throw new IllegalStateException("two spellings of one word of JSON");
        }
    }

    private void otherKind(int a, int b, RuleNode rules) {
        if (rules.selected) {
            out.add(
                    isBoolean(left.kind(a)) && isBoolean(right.kind(b))
                            ? Difference.Kind.CHANGED
                            : Difference.Kind.TYPE);
        } else {
            alone(left, a, rules, Difference.Kind.MISSING);
            alone(right, b, rules, Difference.Kind.ADDED);
        }
    }

    private static boolean isBoolean(int kind) {
        return kind == JsonTape.TRUE || kind == JsonTape.FALSE;
    }

    boolean sameNumber(int a, int b, RuleNode rules) {
        one.read(left.bytes(), left.start(a), left.end(a));
        other.read(right.bytes(), right.start(b), right.end(b));
        return one.sameAs(other) || (rules.tolerance != null && rules.tolerance.covers(one, other));
    }

    private void elements(int a, int b, RuleNode rules) {
        int aEnd = left.next(a);
        int bEnd = right.next(b);
        int x = JsonTape.first(a);
        int y = JsonTape.first(b);
        int index = 0;
        while (x < aEnd && y < bEnd) {
            pair(x, y, rules.element(index++));
            x = left.next(x);
            y = right.next(y);
        }
        for (; x < aEnd; x = left.next(x)) {
            lone(left, x, rules.element(index++), Difference.Kind.MISSING);
        }
        for (; y < bEnd; y = right.next(y)) {
            lone(right, y, rules.element(index++), Difference.Kind.ADDED);
        }
    }

    /** Compares a child of each side, one step further down. */
    void pair(int x, int y, RuleNode rules) {
        if (!rules.ignored) {
            out.enter(left, x);
            value(x, y, rules);
            out.leave();
        }
    }

    /** Tells of a child that one side has and the other has not. */
    void lone(JsonTape tape, int node, RuleNode rules, Difference.Kind kind) {
        if (!rules.ignored) {
            out.enter(tape, node);
            alone(tape, node, rules, kind);
            out.leave();
        }
    }

    /** Tells of all selected values from here down that have no partner. */
    private void alone(JsonTape tape, int node, RuleNode rules, Difference.Kind kind) {
        if (rules.selected) {
            out.add(kind);
            return;
        }
        boolean array = tape.kind(node) == JsonTape.ARRAY;
        if (!array && tape.kind(node) != JsonTape.OBJECT) {
            return;
        }
        int end = tape.next(node);
        int index = 0;
        for (int child = JsonTape.first(node); child < end; child = tape.next(child)) {
            lone(tape, child, array ? rules.element(index++) : rules.member(tape, child), kind);
        }
    }

    private void members(int a, int b, RuleNode rules) {
        int aEnd = left.next(a);
        int bEnd = right.next(b);
        int x = JsonTape.first(a);
        int y = JsonTape.first(b);
        int ahead = 0;
        while (x < aEnd && y < bEnd && left.sameKey(x, right, y)) {
            pair(x, y, rules.member(left, x));
            x = left.next(x);
            y = right.next(y);
            ahead++;
        }
        if (x < aEnd && y < bEnd) {
            unordered(x, aEnd, y, bEnd, right.count(b) - ahead, rules);
            return;
        }
        for (; x < aEnd; x = left.next(x)) {
            lone(left, x, rules.member(left, x), Difference.Kind.MISSING);
        }
        for (; y < bEnd; y = right.next(y)) {
            lone(right, y, rules.member(right, y), Difference.Kind.ADDED);
        }
    }

    /** Matches the members that are left by a table over those of the right side. */
    private void unordered(int x, int aEnd, int y, int bEnd, int rightCount, RuleNode rules) {
        int size = Integer.highestOneBit(Math.max(1, rightCount)) << 2;
        int base = slotsUsed;
        slotsUsed += size;
        if (slotsUsed > slots.length) {
            slots = Arrays.copyOf(slots, Math.max(slotsUsed, slots.length * 2));
        }
        Arrays.fill(slots, base, base + size, EMPTY);
        for (int node = y; node < bEnd; node = right.next(node)) {
            int slot = slot(right.keyHash(node), size);
            while (slots[base + slot] != EMPTY) {
                slot = (slot + 1) & (size - 1);
            }
            slots[base + slot] = node;
        }
        int matched = 0;
        for (int node = x; node < aEnd; node = left.next(node)) {
            int partner = take(node, base, size);
            if (partner == EMPTY) {
                lone(left, node, rules.member(left, node), Difference.Kind.MISSING);
            } else {
                matched++;
                pair(node, partner, rules.member(left, node));
            }
        }
        if (matched < rightCount) {
            for (int node = y; node < bEnd; node = right.next(node)) {
                if (isLeft(node, base, size)) {
                    lone(right, node, rules.member(right, node), Difference.Kind.ADDED);
                }
            }
        }
        slotsUsed = base;
    }

    private static int slot(int hash, int size) {
        return (hash ^ (hash >>> 16)) & (size - 1);
    }

    /**
     * The first member of that key that nobody took, or EMPTY. Members of one key lie in their
     * order, since nothing is ever taken out: what was taken is marked by its complement, which for
     * an offset above 0 is below EMPTY.
     */
    private int take(int node, int base, int size) {
        int slot = slot(left.keyHash(node), size);
        int found;
        while ((found = slots[base + slot]) != EMPTY) {
            if (found > 0 && left.sameKey(node, right, found)) {
                slots[base + slot] = ~found;
                return found;
            }
            slot = (slot + 1) & (size - 1);
        }
        return EMPTY;
    }

    private boolean isLeft(int node, int base, int size) {
        int slot = slot(right.keyHash(node), size);
        while (slots[base + slot] != node && slots[base + slot] != ~node) {
            slot = (slot + 1) & (size - 1);
        }
        return slots[base + slot] == node;
    }
}
