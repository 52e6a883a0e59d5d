package dev.carve.gateway.balance;

/**
 * One after the other, each as often as its weight says, and evenly mixed.
 *
 * <p>Turn {@code t} falls on point {@code t * stride mod length} of the {@link Line} of weights.
 * The stride has no divisor in common with the length, so that in any {@code length} turns every
 * point comes once and each member exactly as often as it weighs. It is near the length's golden
 * section, so that the points of any few turns lie far apart (the three-distance theorem: Sós,
 * 1958) and no member's turns bunch up. This needs neither a lock nor the written-out sequence of
 * other smooth schemes, and costs the same for any weights. With equal weights it is the plain
 * order of the list.
 *
 * <p>Any event loop; the turn is shared by all.
 */
public final class RoundRobin extends Picker {

    private static final double GOLDEN = 0.618_033_988_749_894_8;

    private final Line line;
    private final Turn turn;
    private final long length;
    private final long stride;

    /**
     * @param weights one for each member, at least 1
     * @param turn goes on from the picker before
     */
    public RoundRobin(Member[] members, int[] weights, Turn turn) {
        super(members);
        this.turn = turn;
        line = new Line(weights);
        length = line.length();
        stride = line.isEven() ? 1 : stride(line.length());
    }

    private static int stride(int length) {
        int near = Math.max(1, (int) (length * GOLDEN));
        for (int away = 0; ; away++) {
            if (isCoprime(near + away, length)) {
                return near + away;
            }
            if (near > away && isCoprime(near - away, length)) {
                return near - away;
            }
        }
    }

    private static boolean isCoprime(int one, int other) {
        int a = one;
        int b = other;
        while (b != 0) {
            int rest = a % b;
            a = b;
            b = rest;
        }
        return a == 1;
    }

    @Override
    public int pick(long key, long random, int except) {
        int place = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            place = line.at((int) (turn.next() % length * stride % length));
            if (fits(place, except)) {
                return place;
            }
        }
        return firstFrom(place, except);
    }
}
