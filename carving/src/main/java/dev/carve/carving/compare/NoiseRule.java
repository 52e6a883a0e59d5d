package dev.carve.carving.compare;

import dev.carve.runtime.Share;

/**
 * When a place counts as what.
 *
 * @param copyBlock comparisons of old and new in a block, 10 to 100,000
 * @param twinBlock comparisons of old and old in a block, 10 to 100,000
 * @param blocks that are remembered of each, 2 to 64; older ones are forgotten
 * @param mismatchChance how likely chance alone may make one look at a place call it a mismatch
 * @param noiseChance how likely a look may call a place noise though the new side differs with
 *     {@code noiseOdds} times the odds of the old one
 * @param mismatchOdds least odds of the new side over those of the old one for a mismatch, at least
 *     1
 * @param noiseOdds odds that noise must stay below, more than {@code mismatchOdds}
 * @param always from this share of twins on a place says nothing, whatever the new side does
 * @param places remembered, 16 to 100,000; beyond, seldom seen ones are dropped
 */
public record NoiseRule(
        int copyBlock,
        int twinBlock,
        int blocks,
        double mismatchChance,
        double noiseChance,
        double mismatchOdds,
        double noiseOdds,
        Share always,
        int places) {

    /**
     * The last 2,000 comparisons with the new side against the last 4,000 of the old one; a
     * mismatch at one in ten million and twice the odds; noise at one in a thousand below four
     * times the odds; nine in ten is always; 1,000 places.
     */
    public static final NoiseRule DEFAULT =
            new NoiseRule(250, 500, 8, 1e-7, 1e-3, 2, 4, new Share(0.9), 1_000);

    public NoiseRule {
        check("copy_block", copyBlock, 10, 100_000);
        check("twin_block", twinBlock, 10, 100_000);
        check("blocks", blocks, 2, 64);
        check("mismatch_chance", mismatchChance, 1e-12, 0.1);
        check("noise_chance", noiseChance, 1e-12, 0.1);
        check("mismatch_odds", mismatchOdds, 1, 100);
        check("noise_odds", noiseOdds, Math.nextUp(mismatchOdds), 1_000);
        check("always", always.fraction(), 0.5, 1);
        check("places", places, 16, 100_000);
    }

    private static void check(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    "noise." + name + ": " + value + " (expected: " + least + " to " + most + ")");
        }
    }
}
