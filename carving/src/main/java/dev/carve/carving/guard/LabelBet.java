package dev.carve.carving.guard;

/**
 * Evidence that one side hits more often than the other, from requests of one short block of time
 * in which both were asked. A hit is an error, or an answer slower than a threshold. The value is
 * how many times a stake grows when one bets, request by request, on which side it was from what
 * came of it: by the prices (the block's shares of the sides) such a bet is worth nothing unless
 * the sides differ.
 *
 * <p>With {@code w} the new side's share of the block, and {@code hit} and {@code miss} how many
 * times likelier each is believed to be on the new side, the stake grows by {@code hit/m1} for a
 * hit of the new side, {@code 1/m1} for one of the old, {@code miss/m0} and {@code 1/m0} for
 * misses, where {@code m1 = (1 - w) + w·hit} and {@code m0 = (1 - w) + w·miss}. These are the
 * E-variables of Turner, Ly and Grünwald, "Generic E-variables for exact sequential k-sample tests
 * that allow for optional stopping" (2024), for two Bernoulli streams in blocks.
 *
 * <p>Implementation notes: let {@code f} be the factors and both sides hit with any common
 * probability. The expected factors {@code A} of an old and {@code B} of a new request satisfy
 * {@code (1 - w)A + wB = 1}, whatever that probability is, so {@code A^old · B^new ≤ 1} by the
 * inequality of weighted means. Hence blocks may be as bad as they like, one after the other, so
 * long as they are so for both sides: the product over blocks stays a test martingale (or shrinks),
 * and Ville's inequality holds at every moment at once. Nothing is assumed about how the common
 * probability moves, and the bet of a block may follow from all blocks before it.
 *
 * <p>A margin {@code d} turns the hypothesis into "the new side hits at most {@code d} more often":
 * then {@code B ≤ A' + d(f1 - f0)} with {@code A'} the old value, and the product is divided by
 * {@code (1 + w·d·(f1 - f0))^(old + new)}. With {@code hit < miss} the same division makes it a
 * test of "at least {@code d} more often".
 *
 * @param hit how many times likelier a hit is on the new side, more than 0
 * @param miss the same of a miss
 */
record LabelBet(double hit, double miss) {

    private static final double LEAST = 1e-6;

    /**
     * What was seen of both sides; fractions where it is what one expects to see.
     *
     * @param oldHits at most {@code oldAll}
     * @param newHits at most {@code newAll}
     */
    record Sample(double oldHits, double oldAll, double newHits, double newAll) {}

    /** The best bet if the new side hits with {@code real} and the hypothesis says {@code most}. */
    static LabelBet on(double real, double most) {
        double above = Math.clamp(real, LEAST, 1 - LEAST);
        double below = Math.clamp(most, LEAST, 1 - LEAST);
        return new LabelBet(above / below, (1 - above) / (1 - below));
    }

    /**
     * The natural logarithm of the stake's growth in a block; 0 where only one side was asked.
     *
     * @param margin how much more often the new side may hit, 0 or more, below 1
     */
    double log(Sample seen, double margin) {
        double all = seen.oldAll + seen.newAll;
        if (seen.oldAll <= 0 || seen.newAll <= 0) {
            return 0;
        }
        double weight = seen.newAll / all;
        double hits = 1 - weight + weight * hit;
        double misses = 1 - weight + weight * miss;
        double bothHits = seen.oldHits + seen.newHits;
        double price = margin == 0 ? 0 : Math.log1p(weight * margin * (hit / hits - miss / misses));
        return seen.newHits * Math.log(hit)
                + (seen.newAll - seen.newHits) * Math.log(miss)
                - bothHits * Math.log(hits)
                - (all - bothHits) * Math.log(misses)
                - all * price;
    }

    /**
     * The same where the old side is not asked and its probability is taken as known, the margin
     * included: the likelihood ratio. What both sides share in such a time is held against the new.
     */
    double logAlone(Sample seen) {
        return seen.newHits * Math.log(hit) + (seen.newAll - seen.newHits) * Math.log(miss);
    }
}
