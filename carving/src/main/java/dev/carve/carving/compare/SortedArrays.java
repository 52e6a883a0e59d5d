package dev.carve.carving.compare;

import java.util.Arrays;

/**
 * Compares arrays whose order does not matter, as multisets. Elements that are the same are put
 * together first, by hashes of what the rules let count of them, whatever their order and the order
 * of their keys. What is left is compared in pairs, so that it can be said how it differs: numbers
 * by size, all else in the order in which it stands.
 *
 * <p>Under a tolerance arrays of numbers are also tried by size alone, since the nearest partner of
 * a number need not be its equal; for numbers on a line that finds a way to pair them all if there
 * is one.
 *
 * <p>Implementation notes: a hash keeps 40 bits beside the element's number in one long, so that
 * sorting moves nothing else; equal hashes are looked into, and in the rare case that they lie a
 * few more of the same hash are tried. Numbers are ordered by 40 bits of a double: what is nearer
 * to each other than one part in a hundred million counts as the same size. All lists lie on two
 * stacks: who compares an array owns their tops.
 *
 * <p>Threads: owned by one comparer.
 */
final class SortedArrays {

    private static final int INDEX_BITS = 24;
    private static final int INDEX_MASK = (1 << INDEX_BITS) - 1;
    private static final int TRIES = 8;
    private static final int GONE = -1;
    private static final int FIRST_SLOTS = 256;
    private static final int KEPT_SLOTS = 1 << 16;

    private final JsonTape left;
    private final JsonTape right;
    private final JsonDiff diff;
    private final Differences out;
    private final Decimal number = new Decimal();

    private long seed;
    private long[] keys = new long[FIRST_SLOTS];
    private int keysUsed;
    private int[] nodes = new int[FIRST_SLOTS];
    private int nodesUsed;

    SortedArrays(JsonTape left, JsonTape right, JsonDiff diff, Differences out) {
        this.left = left;
        this.right = right;
        this.diff = diff;
        this.out = out;
    }

    void start(long hashSeed) {
        seed = hashSeed;
        keysUsed = 0;
        nodesUsed = 0;
    }

    void release() {
        number.release();
        if (keys.length > KEPT_SLOTS) {
            keys = new long[FIRST_SLOTS];
        }
        if (nodes.length > KEPT_SLOTS) {
            nodes = new int[FIRST_SLOTS];
        }
    }

    void compare(int a, int b, RuleNode rules) {
        RuleNode each = rules.element(0);
        int keysBase = keysUsed;
        int nodesBase = nodesUsed;
        int aCount = left.count(a);
        int bCount = right.count(b);
        int aNodes = list(left, a, aCount);
        int bNodes = list(right, b, bCount);
        if (!nearBySize(aNodes, aCount, bNodes, bCount, each)) {
            takeEqual(aNodes, aCount, bNodes, bCount, each);
            pairNumbers(aNodes, aCount, bNodes, bCount, each);
            pairRest(aNodes, aCount, bNodes, bCount, each);
        }
        keysUsed = keysBase;
        nodesUsed = nodesBase;
    }

    /** Puts the elements of an array on the stack of nodes and returns where. */
    private int list(JsonTape tape, int array, int count) {
        int base = nodesUsed;
        nodesUsed += count;
        if (nodesUsed > nodes.length) {
            nodes = Arrays.copyOf(nodes, Math.max(nodesUsed, nodes.length * 2));
        }
        int at = base;
        int end = tape.next(array);
        for (int node = JsonTape.first(array); node < end; node = tape.next(node)) {
            nodes[at++] = node;
        }
        return base;
    }

    private int room(int count) {
        int base = keysUsed;
        keysUsed += count;
        if (keysUsed > keys.length) {
            keys = Arrays.copyOf(keys, Math.max(keysUsed, keys.length * 2));
        }
        return base;
    }

    /** Whether both are as many numbers that lie near enough when each side is put in order. */
    private boolean nearBySize(int aNodes, int aCount, int bNodes, int bCount, RuleNode each) {
        if (aCount != bCount || each.tolerance == null || !each.selected || each.ignored) {
            return false;
        }
        int base = keysUsed;
        int a = bySize(left, aNodes, aCount);
        int b = bySize(right, bNodes, bCount);
        boolean near = keysUsed - base == aCount + bCount;
        for (int i = 0; near && i < aCount; i++) {
            near =
                    diff.sameNumber(
                            nodes[aNodes + index(keys[a + i])],
                            nodes[bNodes + index(keys[b + i])],
                            each);
        }
        keysUsed = base;
        return near;
    }

    /** Lists what numbers are left by size; as many keys are on the stack from the answer on. */
    private int bySize(JsonTape tape, int from, int count) {
        int base = room(count);
        int at = base;
        for (int i = 0; i < count; i++) {
            int node = nodes[from + i];
            if (node != GONE && tape.kind(node) == JsonTape.NUMBER) {
                number.read(tape.bytes(), tape.start(node), tape.end(node));
                long bits = Double.doubleToLongBits(number.approximate());
                // Negative doubles order backwards.
                long ordered = bits < 0 ? ~bits ^ Long.MIN_VALUE : bits;
                keys[at++] = (ordered & ~(long) INDEX_MASK) | i;
            }
        }
        Arrays.sort(keys, base, at);
        keysUsed = at;
        return base;
    }

    private static int index(long key) {
        return (int) key & INDEX_MASK;
    }

    private void takeEqual(int aNodes, int aCount, int bNodes, int bCount, RuleNode each) {
        int base = keysUsed;
        int a = byHash(left, aNodes, aCount, each);
        int b = byHash(right, bNodes, bCount, each);
        int aEnd = a + aCount;
        int bEnd = b + bCount;
        while (a < aEnd && b < bEnd) {
            long aHash = keys[a] >> INDEX_BITS;
            long bHash = keys[b] >> INDEX_BITS;
            if (aHash == bHash) {
                int aRun = runEnd(a, aEnd);
                int bRun = runEnd(b, bEnd);
                takeRun(aNodes, a, aRun, bNodes, b, bRun, each);
                a = aRun;
                b = bRun;
            } else if (aHash < bHash) {
                a++;
            } else {
                b++;
            }
        }
        keysUsed = base;
    }

    private int byHash(JsonTape tape, int from, int count, RuleNode each) {
        int base = room(count);
        for (int i = 0; i < count; i++) {
            long hash = hash(tape, nodes[from + i], each);
            keys[base + i] = (hash & ~(long) INDEX_MASK) | i;
        }
        Arrays.sort(keys, base, base + count);
        return base;
    }

    private int runEnd(int from, int end) {
        int at = from + 1;
        while (at < end && keys[at] >> INDEX_BITS == keys[from] >> INDEX_BITS) {
            at++;
        }
        return at;
    }

    /**
     * Takes away what is equal among elements of one hash; nearly always all of the shorter run.
     */
    private void takeRun(int aNodes, int a, int aEnd, int bNodes, int b, int bEnd, RuleNode each) {
        int first = b;
        for (int i = a; i < aEnd; i++) {
            int tries = TRIES;
            for (int j = first; j < bEnd && tries > 0; j++) {
                int x = aNodes + index(keys[i]);
                int y = bNodes + index(keys[j]);
                if (nodes[y] == GONE) {
                    continue;
                }
                tries--;
                if (same(nodes[x], nodes[y], each)) {
                    nodes[x] = GONE;
                    nodes[y] = GONE;
                    while (first < bEnd && nodes[bNodes + index(keys[first])] == GONE) {
                        first++;
                    }
                    break;
                }
            }
        }
    }

    private boolean same(int x, int y, RuleNode rules) {
        if (rules.ignored) {
            return true;
        }
        int probe = out.beginProbe();
        diff.value(x, y, rules);
        return out.endProbe(probe);
    }

    private void pairNumbers(int aNodes, int aCount, int bNodes, int bCount, RuleNode each) {
        int base = keysUsed;
        int a = bySize(left, aNodes, aCount);
        int aNumbers = keysUsed - a;
        int b = bySize(right, bNodes, bCount);
        int bNumbers = keysUsed - b;
        for (int i = 0; i < Math.min(aNumbers, bNumbers); i++) {
            int x = aNodes + index(keys[a + i]);
            int y = bNodes + index(keys[b + i]);
            diff.pair(nodes[x], nodes[y], each);
            nodes[x] = GONE;
            nodes[y] = GONE;
        }
        keysUsed = base;
    }

    private void pairRest(int aNodes, int aCount, int bNodes, int bCount, RuleNode each) {
        int i = 0;
        int j = 0;
        while (true) {
            while (i < aCount && nodes[aNodes + i] == GONE) {
                i++;
            }
            while (j < bCount && nodes[bNodes + j] == GONE) {
                j++;
            }
            if (i < aCount && j < bCount) {
                diff.pair(nodes[aNodes + i], nodes[bNodes + j], each);
                i++;
                j++;
            } else if (i < aCount) {
                diff.lone(left, nodes[aNodes + i], each, Difference.Kind.MISSING);
                i++;
            } else if (j < bCount) {
                diff.lone(right, nodes[bNodes + j], each, Difference.Kind.ADDED);
                j++;
            } else {
                return;
            }
        }
    }

    /**
     * A hash that is the same for values that the rules hold for the same, tolerances left aside; 0
     * if nothing of it is compared.
     */
    private long hash(JsonTape tape, int node, RuleNode rules) {
        if (rules.ignored) {
            return 0;
        }
        int kind = tape.kind(node);
        return switch (kind) {
            case JsonTape.OBJECT -> objectHash(tape, node, rules);
            case JsonTape.ARRAY -> arrayHash(tape, node, rules);
            case JsonTape.STRING -> rules.selected ? tape.stringHash(node) | 1 : 0;
            case JsonTape.NUMBER -> {
                if (!rules.selected) {
                    yield 0;
                }
                number.read(tape.bytes(), tape.start(node), tape.end(node));
                yield number.hash(seed) | 1;
            }
            default -> rules.selected ? WordHash.join(seed, kind) | 1 : 0;
        };
    }

    private long objectHash(JsonTape tape, int node, RuleNode rules) {
        long sum = rules.selected ? 1 + JsonTape.OBJECT : 0;
        int end = tape.next(node);
        for (int child = JsonTape.first(node); child < end; child = tape.next(child)) {
            long hash = hash(tape, child, rules.member(tape, child));
            if (hash != 0) {
                sum += WordHash.join(tape.keyHash(child), hash) | 1;
            }
        }
        return sum == 0 ? 0 : WordHash.join(seed, sum) | 1;
    }

    private long arrayHash(JsonTape tape, int node, RuleNode rules) {
        long sum = rules.selected ? 1 + JsonTape.ARRAY : 0;
        int end = tape.next(node);
        int index = 0;
        for (int child = JsonTape.first(node); child < end; child = tape.next(child)) {
            long hash = hash(tape, child, rules.element(index));
            // A sum does not ask for the order; where that counts, the index goes in.
            long place = rules.sorted ? 0 : 1L + index;
            if (hash != 0) {
                sum += WordHash.join(place, hash) | 1;
            }
            index++;
        }
        return sum == 0 ? 0 : WordHash.join(seed, sum) | 1;
    }
}
