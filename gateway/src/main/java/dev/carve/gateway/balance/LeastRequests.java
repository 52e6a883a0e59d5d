package dev.carve.gateway.balance;

/**
 * The less busy of two drawn at random (Mitzenmacher, "The power of two choices in randomized load
 * balancing", 2001): nearly as even as looking at all, without the herd that runs to the one idle
 * member and without its cost. Members are drawn by weight, and compared by requests under way for
 * each unit of weight; if these are equal the first drawn is taken, so that idle members get
 * requests by their weights.
 *
 * <p>Immutable; any event loop.
 */
public final class LeastRequests extends Picker {

    private final Line line;

    /**
     * @param weights one for each member, at least 1
     */
    public LeastRequests(Member[] members, int[] weights) {
        super(members);
        line = new Line(weights);
    }

    @Override
    public int pick(long key, long random, int except) {
        if (members.length == 1) {
            return firstFrom(0, except);
        }
        long bits = random;
        int one = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            one = line.at(point(bits >>> 32, line.length()));
            int other = otherThan(one, bits & 0xFFFF_FFFFL);
            boolean oneFits = fits(one, except);
            boolean otherFits = fits(other, except);
            if (oneFits && otherFits) {
                return isBusier(one, other) ? other : one;
            }
            if (oneFits || otherFits) {
                return oneFits ? one : other;
            }
            bits = KeyHash.mix(bits + 1);
        }
        return firstFrom(one, except);
    }

    /** A point of the line without the stretch of {@code one}, which is closed up. */
    private int otherThan(int one, long bits) {
        int weight = line.weight(one);
        int point = point(bits, line.length() - weight);
        return line.at(point < line.start(one) ? point : point + weight);
    }

    private static int point(long bits, int length) {
        return (int) ((bits * length) >>> 32);
    }

    private boolean isBusier(int one, int other) {
        return (long) members[one].inFlight() * line.weight(other)
                > (long) members[other].inFlight() * line.weight(one);
    }
}
