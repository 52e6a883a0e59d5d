package dev.carve.bench.guard;

/** The exact upper bound of a share of which so many were seen (Clopper and Pearson 1934). */
final class ClopperPearson {

    private static final double OUTSIDE = 0.05;
    private static final int HALVINGS = 60;

    private ClopperPearson() {}

    /** The share at which so few or fewer are seen with probability 5 %. */
    static double upper95(int seen, int of) {
        if (seen >= of) {
            return 1;
        }
        double low = 0;
        double high = 1;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (atMost(seen, of, middle) > OUTSIDE) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    /** The probability of so many or fewer. */
    private static double atMost(int seen, int of, double share) {
        double log = of * Math.log1p(-share);
        double sum = Math.exp(log);
        for (int i = 1; i <= seen; i++) {
            log += Math.log((of - i + 1) / (double) i) + Math.log(share) - Math.log1p(-share);
            sum += Math.exp(log);
        }
        return sum;
    }
}
