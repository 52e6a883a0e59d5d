package dev.carve.carving.guard;

import dev.carve.carving.guard.Tally.Totals;
import dev.carve.runtime.Share;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Whether more than a given share of compared answers differ: the likelihood ratio of two Bernoulli
 * rates (Wald 1945), restarted as Page's CUSUM (1954) for the alarm.
 *
 * <p>Implementation notes: the alarm is raised against half the limit, not the limit. Within 1,500
 * comparisons 1 % of mismatches gives 15, give or take 4, and a limit of 0.1 % gives 1.5: to find
 * the first surely, six must do, which the second reaches every few minutes. A share that stays
 * between half the limit and the limit is therefore called worse sooner or later. That a side is
 * within its limit, on the other hand, is said of the limit itself.
 *
 * <p>Control only.
 */
final class MismatchJudge implements Judge {

    /** A share of half the limit is called worse once in so many blocks at most. */
    static final double ALARM = 1e3;

    private static final double TOLERATED = 0.5;
    private static final double BROKEN = 3;
    private static final double[] WITHIN = {0.02, 0.25};

    private final double limit;
    private final Weighing weighing;

    MismatchJudge(Share limit) {
        this.limit = limit.fraction();
        weighing =
                new Weighing(
                        Evidence.restarting(1),
                        Evidence.whole(WITHIN.length),
                        Evidence.whole(1),
                        ALARM);
    }

    @Override
    public void begin() {
        weighing.begin();
    }

    @Override
    public void add(Round round) {
        double all = round.block().compared();
        double differ = round.block().mismatches();
        double tolerated = TOLERATED * limit;
        weighing.worse.add(0, log(BROKEN * limit, tolerated, differ, all));
        for (int i = 0; i < WITHIN.length; i++) {
            weighing.within.add(i, log(WITHIN[i] * limit, limit, differ, all));
        }
        weighing.settle();
    }

    private static double log(double real, double said, double differ, double all) {
        double most = Math.min(real, 0.95);
        return differ * Math.log(most / said)
                + (all - differ) * (Math.log1p(-most) - Math.log1p(-said));
    }

    @Override
    public boolean alarmed() {
        return weighing.alarmed();
    }

    @Override
    public Finding finding(Totals step, boolean cold) {
        double all = step.compared();
        double share = step.mismatches() / Math.max(1, all);
        Verdict verdict = weighing.verdict();
        OptionalLong missing =
                verdict == Verdict.NOT_ENOUGH ? missing(share) : OptionalLong.empty();
        String text =
                String.format(
                        Locale.ROOT,
                        "mismatches %.3f %% of %d compared (limit %s)",
                        100 * share,
                        step.compared(),
                        new Share(limit));
        return new Finding(
                Measure.MISMATCHES,
                verdict,
                true,
                weighing.confidence(),
                0,
                share,
                missing,
                Wording.line(text, verdict, weighing.confidence(), missing));
    }

    private OptionalLong missing(double share) {
        double[] growth = new double[WITHIN.length];
        for (int i = 0; i < growth.length; i++) {
            growth[i] = log(WITHIN[i] * limit, limit, share, 1);
        }
        return weighing.missing(growth);
    }
}
