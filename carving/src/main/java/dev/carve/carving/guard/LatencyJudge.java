package dev.carve.carving.guard;

import dev.carve.carving.guard.LabelBet.Sample;
import dev.carve.carving.guard.Tally.Totals;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Whether a quantile of the new side's latency exceeds so many times the old side's. A threshold is
 * taken from the old side's last minutes; then the share of old answers above it is held against
 * the share of new answers above {@code ratio} times it, by {@link LabelBet} in the same blocks.
 *
 * <p>Implementation notes: comparing exceedances at a threshold that was fixed before the block
 * turns a test of quantiles into one of two shares, which stays valid while both sides are slow
 * together: then both exceed it more often. The hypothesis is that new answers, divided by the
 * ratio, exceed no tested threshold more often than old ones. For the 95th percentile three
 * thresholds about it are tested and their stakes averaged, since a tail that doubles shows a
 * little earlier below it, and one that grew only far out shows above it. The threshold times the
 * ratio is rounded up to the next bucket, at most 1/32 too high.
 *
 * <p>Control only.
 */
final class LatencyJudge implements Judge {

    /**
     * A new side that stays exactly at the limit is called worse once in so many blocks at most,
     * which is above 8 minutes; one that equals the old side far less often, see the measured
     * figures. More would not find a doubled tail within 750 requests where both sides are at half.
     */
    static final double ALARM = 1_000;

    private static final double[] SLOWER = {1.7, 3};
    private static final double[] WITHIN = {1, 0.5};
    private static final double[] BETTER = {0.5, 0.8};
    private static final double MOST = 0.95;
    private static final int MICROS_PER_MILLI = 1000;

    /**
     * What is judged.
     *
     * @param quantile of the measure
     * @param exceeding the shares of old answers above the tested thresholds; the first is the
     *     quantile's own
     * @param ratio new to old
     * @param binding whether it counts or is only shown
     */
    record Rule(
            Measure measure,
            double quantile,
            List<Double> exceeding,
            double ratio,
            boolean binding) {

        static Rule of(Measure measure, double ratio, boolean binding) {
            return switch (measure) {
                case P50 -> new Rule(measure, 0.5, List.of(0.5), ratio, binding);
                case P95 -> new Rule(measure, 0.95, List.of(0.05, 0.1, 0.025), ratio, binding);
                case P99 -> new Rule(measure, 0.99, List.of(0.01), ratio, binding);
                case MISMATCHES, ERRORS ->
                        throw new IllegalArgumentException(measure.text() + " is no latency");
            };
        }
    }

    private final Rule rule;
    private final int[] oldBucket;
    private final int[] newBucket;
    // The old side's share above the threshold, and above the ratio times it.
    private final double[] above;
    private final double[] farAbove;
    private final Weighing weighing;
    private boolean aimed;

    LatencyJudge(Rule rule) {
        this.rule = rule;
        int thresholds = rule.exceeding.size();
        oldBucket = new int[thresholds];
        newBucket = new int[thresholds];
        above = new double[thresholds];
        farAbove = new double[thresholds];
        weighing =
                new Weighing(
                        Evidence.restarting(thresholds * SLOWER.length),
                        Evidence.whole(WITHIN.length),
                        Evidence.whole(BETTER.length),
                        ALARM);
    }

    /** Sets the thresholds by the old side's last minutes. */
    void aim(Reference reference) {
        aimed = reference.knowsLatency();
        for (int i = 0; i < oldBucket.length; i++) {
            double wanted = rule.exceeding.get(i);
            oldBucket[i] = reference.bucketAbove(wanted);
            newBucket[i] = LatencyBuckets.scaled(oldBucket[i], rule.ratio);
            // Where many answers took equally long, nothing or little may lie above.
            above[i] = Math.max(reference.shareAbove(oldBucket[i]), wanted / 4);
            farAbove[i] =
                    Math.clamp(reference.shareAbove(newBucket[i]), above[i] / 20, above[i] * 0.95);
        }
    }

    @Override
    public void begin() {
        weighing.begin();
    }

    @Override
    public void add(Round round) {
        if (!aimed || round.cold()) {
            return;
        }
        Totals block = round.block();
        double slowness = round.reference().slowness();
        for (int i = 0; i < oldBucket.length; i++) {
            int threshold = LatencyBuckets.scaled(oldBucket[i], slowness);
            Sample seen = sample(block, threshold, LatencyBuckets.scaled(threshold, rule.ratio));
            for (int j = 0; j < SLOWER.length; j++) {
                LabelBet bet = LabelBet.on(Math.min(MOST, SLOWER[j] * above[i]), above[i]);
                weighing.worse.add(
                        i * SLOWER.length + j,
                        round.alone() ? bet.logAlone(seen) : bet.log(seen, 0));
            }
        }
        Sample far = sample(block, oldBucket[0], newBucket[0]);
        Sample near = sample(block, oldBucket[0], oldBucket[0]);
        for (int i = 0; i < WITHIN.length; i++) {
            weighing.within.add(i, within(i).log(far, 0));
        }
        for (int i = 0; i < BETTER.length; i++) {
            weighing.better.add(i, LabelBet.on(BETTER[i] * above[0], above[0]).log(near, 0));
        }
        weighing.settle();
    }

    private LabelBet within(int index) {
        double equal = WITHIN[index] * farAbove[0] + (1 - WITHIN[index]) * above[0];
        return LabelBet.on(equal, above[0]);
    }

    /** Hits are answers of the old side at or above its bucket, and of the new side at its own. */
    private static Sample sample(Totals counts, int oldBucket, int newBucket) {
        return new Sample(
                counts.above(Side.OLD, oldBucket),
                counts.above(Side.OLD, 0),
                counts.above(Side.NEW, newBucket),
                counts.above(Side.NEW, 0));
    }

    @Override
    public boolean alarmed() {
        return rule.binding && weighing.alarmed();
    }

    @Override
    public Finding finding(Totals step, boolean cold) {
        double before = step.quantileMicros(Side.OLD, rule.quantile);
        double now = step.quantileMicros(Side.NEW, rule.quantile);
        Verdict verdict = weighing.verdict();
        OptionalLong missing = verdict == Verdict.NOT_ENOUGH ? missing(step) : OptionalLong.empty();
        String text =
                String.format(
                        Locale.ROOT,
                        "%s %.1f ms new, %.1f ms old (limit %.2fx)",
                        rule.measure.text(),
                        now / MICROS_PER_MILLI,
                        before / MICROS_PER_MILLI,
                        rule.ratio);
        return new Finding(
                rule.measure,
                verdict,
                rule.binding,
                weighing.confidence(),
                before,
                now,
                missing,
                cold && verdict == Verdict.NOT_ENOUGH
                        ? text + ": warming up, not judged yet"
                        : Wording.line(text, verdict, weighing.confidence(), missing));
    }

    private OptionalLong missing(Totals step) {
        Sample all = sample(step, 0, 0);
        double ratio = Wording.oldPerNew(all.oldAll(), all.newAll());
        double level = aimed ? above[0] : rule.exceeding.getFirst();
        Sample equal = new Sample(ratio * level, ratio, aimed ? farAbove[0] : level / 2, 1);
        LabelBet whole = aimed ? within(0) : LabelBet.on(level / 2, level);
        LabelBet half = aimed ? within(1) : LabelBet.on(level * 3 / 4, level);
        return weighing.missing(whole.log(equal, 0), half.log(equal, 0));
    }
}
