package dev.carve.gateway.balance;

import java.util.Arrays;

/**
 * The member that the request's key belongs to: the same as long as it is there, whoever comes or
 * goes beside it. A table filled by each member's own order of preference (Maglev: Eisenbud et al.,
 * NSDI 2016, section 3.4) shares keys out almost exactly by weight; when one of N members goes, its
 * keys move and about one in a hundred others. A key whose member is full or has failed goes to the
 * next of the key's own further choices, so that it is one and the same there too.
 *
 * <p>Slow start does not change the table: keys would move to a member bit by bit and back. A
 * request without a key goes to a random place.
 *
 * <p>Immutable; any event loop.
 */
public final class ConsistentHash extends Picker {

    /**
     * Prime, as each preference must come to every place. A table of another size is another table
     * for all keys, so the size must not follow the number of members: two sizes are enough, and
     * only the length of the list decides, not who of it is eligible.
     */
    private static final int PLACES = 65_537;

    private static final int LISTED_MAX = 1024;
    private static final int PLACES_FOR_MORE = 1_048_573;

    /** A place holds a member in 16 bits. */
    static final int MEMBERS_MAX = Character.MAX_VALUE;

    private final char[] table;

    /**
     * @param weights one for each member, at least 1
     * @param listed how many members there are in all, those that may not be chosen now included
     */
    public ConsistentHash(Member[] members, int[] weights, int listed) {
        super(members);
        if (members.length > MEMBERS_MAX) {
            throw new IllegalArgumentException(
                    members.length + " members (expected: at most " + MEMBERS_MAX + ")");
        }
        table = table(members, weights, listed <= LISTED_MAX ? PLACES : PLACES_FOR_MORE);
    }

    private static char[] table(Member[] members, int[] weights, int size) {
        // By identity, so that the order of the list makes no difference.
        Integer[] order = new Integer[members.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Long.compare(members[a].identity(), members[b].identity()));
        int heaviest = Arrays.stream(weights).max().orElse(1);
        long[] next = new long[members.length];
        long[] skip = new long[members.length];
        long[] owed = new long[members.length];
        for (int i = 0; i < members.length; i++) {
            long bits = KeyHash.mix(members[i].identity());
            next[i] = Long.remainderUnsigned(bits, size);
            skip[i] = Long.remainderUnsigned(KeyHash.mix(~bits), size - 1) + 1;
        }
        int[] places = new int[size];
        Arrays.fill(places, NONE);
        char[] table = new char[size];
        int filled = 0;
        while (true) {
            for (int member : order) {
                owed[member] += weights[member];
                if (owed[member] < heaviest) {
                    continue;
                }
                owed[member] -= heaviest;
                while (places[(int) next[member]] != NONE) {
                    next[member] = (next[member] + skip[member]) % size;
                }
                places[(int) next[member]] = member;
                table[(int) next[member]] = (char) member;
                filled++;
                if (filled == size) {
                    return table;
                }
            }
        }
    }

    @Override
    public int pick(long key, long random, int except) {
        long bits = key == NO_KEY ? random : key;
        int place = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            place = table[(int) Math.unsignedMultiplyHigh(bits, table.length)];
            if (fits(place, except)) {
                return place;
            }
            bits = KeyHash.mix(bits + 1);
        }
        return firstFrom(place, except);
    }
}
