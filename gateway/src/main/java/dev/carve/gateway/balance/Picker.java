package dev.carve.gateway.balance;

/**
 * Chooses the member for one request. Members are known by their place in the array that the picker
 * was made of, which whoever publishes the picker publishes with it.
 *
 * <p>Immutable but for the counter that {@link RoundRobin} shares; any event loop.
 */
public abstract sealed class Picker permits RoundRobin, LeastRequests, ConsistentHash, Sticky {

    /** No member may be given the request. */
    public static final int NONE = -1;

    /** The request has no key. */
    public static final long NO_KEY = 0;

    /** How often it is drawn by weight before the first that fits is taken. */
    static final int DRAWS = 8;

    final Member[] members;

    Picker(Member[] members) {
        if (members.length == 0) {
            throw new IllegalArgumentException("no member (expected: at least one)");
        }
        this.members = members.clone();
    }

    /**
     * The place of the member for the next request.
     *
     * @param key the request's key if members are chosen by one, else {@link #NO_KEY}
     * @param random 64 random bits
     * @param except the place of a member to be avoided since it has just failed, or {@link #NONE};
     *     chosen again only if no other may be given the request
     * @return {@link #NONE} if no member allows one more request
     */
    public abstract int pick(long key, long random, int except);

    final boolean fits(int place, int except) {
        return place != except && members[place].allows();
    }

    /** The first that fits from this place on: finds one wherever there is one. */
    final int firstFrom(int place, int except) {
        int count = members.length;
        int at = place;
        for (int i = 0; i < count; i++) {
            if (fits(at, except)) {
                return at;
            }
            at = at + 1 == count ? 0 : at + 1;
        }
        return except != NONE && members[except].allows() ? except : NONE;
    }
}
