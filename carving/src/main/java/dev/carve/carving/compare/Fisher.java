package dev.carve.carving.compare;

/**
 * Fisher's exact test for two shares, one-sided, against any odds ratio (Fisher, 1935; the
 * distribution is his noncentral hypergeometric one). Given how often both groups together were
 * hit, it says how likely the first group took at least, or at most, as many of these hits as it
 * did, if its odds were {@code odds} times those of the second. Exact for any numbers, small ones
 * too.
 *
 * <p>Stateless; any thread.
 */
final class Fisher {

    /** Terms that small beside the sum do not change it. */
    private static final double NEGLIGIBLE = 1e-17;

    /** Sums that far apart are all that anybody asks for; it keeps doubles from overflowing. */
    private static final double PLENTY = 1e60;

    private Fisher() {}

    /**
     * What was counted.
     *
     * @param hits of the first group
     * @param size of the first group
     * @param otherHits of the second group
     * @param otherSize of the second group
     */
    record Counts(long hits, long size, long otherHits, long otherSize) {

        Counts {
            if (hits < 0 || hits > size || otherHits < 0 || otherHits > otherSize) {
                throw new IllegalArgumentException(
                        "no counts: "
                                + hits
                                + " of "
                                + size
                                + ", "
                                + otherHits
                                + " of "
                                + otherSize);
            }
        }

        /** The odds of the first group over those of the second, half a hit added to each cell. */
        double oddsRatio() {
            return (hits + 0.5)
                    * (otherSize - otherHits + 0.5)
                    / ((size - hits + 0.5) * (otherHits + 0.5));
        }

        private long all() {
            return hits + otherHits;
        }
    }

    /** The chance of as many hits in the first group or more. */
    static double atLeast(Counts counts, double odds) {
        double above = above(counts, odds, 1);
        return (1 + above) / (1 + above + below(counts, odds, 1 + above));
    }

    /** The chance of as many hits in the first group or fewer. */
    static double atMost(Counts counts, double odds) {
        double below = below(counts, odds, 1);
        return (1 + below) / (1 + below + above(counts, odds, 1 + below));
    }

    /** The sum of all terms for more hits, where that for the counted hits is 1. */
    private static double above(Counts counts, double odds, double beside) {
        double sum = 0;
        double term = 1;
        for (long x = counts.hits(); x < Math.min(counts.all(), counts.size()); x++) {
            double ratio = ratio(counts, odds, x);
            term *= ratio;
            sum += term;
            if ((ratio < 1 && term < NEGLIGIBLE * sum) || sum > PLENTY * beside) {
                break;
            }
        }
        return sum;
    }

    /** The sum of all terms for fewer hits, where that for the counted hits is 1. */
    private static double below(Counts counts, double odds, double beside) {
        double sum = 0;
        double term = 1;
        long least = Math.max(0, counts.all() - counts.otherSize());
        for (long x = counts.hits(); x > least; x--) {
            double ratio = 1 / ratio(counts, odds, x - 1);
            term *= ratio;
            sum += term;
            if ((ratio < 1 && term < NEGLIGIBLE * sum) || sum > PLENTY * beside) {
                break;
            }
        }
        return sum;
    }

    /** The term for one hit more than {@code x} over that for {@code x}. */
    private static double ratio(Counts counts, double odds, long x) {
        double misses = counts.otherSize() - (double) counts.all() + x + 1;
        return odds * ((double) (counts.size() - x) * (counts.all() - x)) / ((x + 1.0) * misses);
    }
}
