package dev.carve.bench.peer;

/**
 * What only Carve is asked to be, for the figures that are its own.
 *
 * @param routes beside the one for everything
 * @param uring io_uring instead of what Carve would choose
 * @param cached with the AOT cache, where there is one
 * @param ballastMebibytes of small objects that stay alive, see {@link Ballast}
 */
public record CarveSetup(int routes, boolean uring, boolean cached, int ballastMebibytes) {

    public static final CarveSetup USUAL = new CarveSetup(0, false, true, 0);

    public CarveSetup withRoutes(int other) {
        return new CarveSetup(other, uring, cached, ballastMebibytes);
    }

    public CarveSetup withUring() {
        return new CarveSetup(routes, true, cached, ballastMebibytes);
    }

    public CarveSetup withoutCache() {
        return new CarveSetup(routes, uring, false, ballastMebibytes);
    }

    public CarveSetup withBallast(int mebibytes) {
        return new CarveSetup(routes, uring, cached, mebibytes);
    }
}
