package dev.carve.gateway.balance;

/**
 * How much of its weight a member has while it warms up: grows evenly with time, from a tenth on,
 * so that a cold member is neither flooded nor left without the requests that warm it.
 *
 * <p>Stateless; control.
 */
public final class SlowStart {

    /** Weights are counted in these while any member is starting. */
    public static final int UNIT = 1000;

    private static final int LEAST = UNIT / 10;

    private SlowStart() {}

    /**
     * The weight in {@link #UNIT}s.
     *
     * @param elapsedNanos since it started
     * @param windowNanos the time after which it has all of its weight
     */
    public static int weight(int weight, long elapsedNanos, long windowNanos) {
        if (elapsedNanos >= windowNanos) {
            return weight * UNIT;
        }
        double share = Math.max(0, elapsedNanos) / (double) windowNanos;
        return weight * Math.max(LEAST, (int) (UNIT * share));
    }
}
