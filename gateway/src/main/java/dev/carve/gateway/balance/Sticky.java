package dev.carve.gateway.balance;

/**
 * The member that the request's cookie names, as long as it may be chosen; else the one that
 * another picker chooses, whose cookie is then to be given out. The key is the member's {@link
 * #idOf id}.
 *
 * <p>Immutable; any event loop.
 */
public final class Sticky extends Picker {

    private final Picker others;

    /** Open addressing: ids at their hash or in the places after it, 0 where there is none. */
    private final long[] ids;

    private final int[] places;

    /**
     * @param others chooses among the same members for those who have no cookie yet
     */
    public Sticky(Member[] members, Picker others) {
        super(members);
        this.others = others;
        int size = Integer.highestOneBit(members.length) * 4;
        ids = new long[size];
        places = new int[size];
        for (int i = 0; i < members.length; i++) {
            long id = idOf(members[i]);
            int at = slot(id);
            while (ids[at] != NO_KEY && ids[at] != id) {
                at = (at + 1) & (size - 1);
            }
            ids[at] = id;
            places[at] = i;
        }
    }

    /**
     * The number that a cookie names a member by: the same everywhere. It does not show the
     * address, but it is a hash of it without a secret, so that who guesses an address can check
     * the guess. Never {@link Picker#NO_KEY}.
     */
    public static long idOf(Member member) {
        long id = KeyHash.mix(member.identity());
        return id == NO_KEY ? 1 : id;
    }

    private int slot(long id) {
        return (int) id & (ids.length - 1);
    }

    @Override
    public int pick(long key, long random, int except) {
        if (key != NO_KEY) {
            int named = find(key);
            if (named != NONE && fits(named, except)) {
                return named;
            }
        }
        return others.pick(NO_KEY, random, except);
    }

    private int find(long id) {
        for (int at = slot(id); ids[at] != NO_KEY; at = (at + 1) & (ids.length - 1)) {
            if (ids[at] == id) {
                return places[at];
            }
        }
        return NONE;
    }
}
