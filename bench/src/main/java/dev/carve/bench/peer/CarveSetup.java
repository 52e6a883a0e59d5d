package dev.carve.bench.peer;

/**
 * What only Carve is asked to be, for the figures that are its own.
 *
 * @param routes beside the one for everything
 * @param uring io_uring instead of what Carve would choose
 * @param cached with the AOT cache, where there is one
 * @param ballastMebibytes of small objects that stay alive, see {@link Ballast}
 * @param feature that the route to the backend has beside forwarding
 */
public record CarveSetup(
        int routes, boolean uring, boolean cached, int ballastMebibytes, Feature feature) {

    /** What a route may have beside forwarding. */
    public enum Feature {
        NONE,
        /** Checks, balancing, retries, hedges, breaker, ejection and limits, all of them on. */
        PROTECTION,
        /**
         * Retries of statuses, three attempts under a budget of 2 % of the requests and no more.
         */
        RETRY_BUDGET,
        /**
         * Another service, at {@link CarvePeer#STALLED_PATH}, that the backend never answers for.
         */
        STALLED_BESIDE,
        /** A carve that copies and moves nothing. */
        CARVE_OFF,
        /** Every request is copied to the same backend, and both answers are compared. */
        MIRROR,
        /** Every request is copied to a port where nobody listens. */
        MIRROR_DEAD,
        /** Every request is copied to where no copy is answered. */
        MIRROR_HANGING
    }

    public static final CarveSetup USUAL = new CarveSetup(0, false, true, 0, Feature.NONE);

    public CarveSetup with(Feature other) {
        return new CarveSetup(routes, uring, cached, ballastMebibytes, other);
    }

    public CarveSetup withRoutes(int other) {
        return new CarveSetup(other, uring, cached, ballastMebibytes, feature);
    }

    public CarveSetup withUring() {
        return new CarveSetup(routes, true, cached, ballastMebibytes, feature);
    }

    public CarveSetup withoutCache() {
        return new CarveSetup(routes, uring, false, ballastMebibytes, feature);
    }

    public CarveSetup withBallast(int mebibytes) {
        return new CarveSetup(routes, uring, cached, mebibytes, feature);
    }
}
