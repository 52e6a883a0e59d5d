package dev.carve.carving.guard;

import dev.carve.carving.guard.LabelBet.Sample;
import dev.carve.carving.guard.Tally.Totals;
import dev.carve.runtime.Share;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Whether the new side fails more often than the old one, by more than so many points: {@link
 * LabelBet} over errors.
 *
 * <p>The bets are on a little, a lot and a third above the limit, so that a slow poison is found in
 * minutes and a break in seconds. Control only.
 */
final class ErrorJudge implements Judge {

    /**
     * A new side that stays exactly at the limit is called worse once in so many blocks at most: at
     * two blocks a second once in 14 hours. One that equals the old side is called so far less
     * often, see the measured figures.
     */
    static final double ALARM = 1e5;

    private static final double[] ABOVE_LIMIT = {2, 10};
    // Of the requests that would not have failed anyway.
    private static final double BROKEN = 0.3;
    private static final double[] WITHIN = {0, 0.4};
    private static final double[] BETTER = {0.5, 0.8};
    private static final double MOST = 0.95;

    private final double margin;
    private final Weighing weighing =
            new Weighing(
                    Evidence.restarting(ABOVE_LIMIT.length + 1),
                    Evidence.whole(WITHIN.length),
                    Evidence.whole(BETTER.length),
                    ALARM);
    private double share;

    ErrorJudge(Share limit, Reference reference) {
        margin = limit.fraction();
        share = reference.errorShare();
    }

    @Override
    public void begin() {
        weighing.begin();
    }

    @Override
    public void add(Round round) {
        share = round.reference().errorShare();
        Sample seen = sample(round.block());
        double limit = share + margin;
        for (int i = 0; i < ABOVE_LIMIT.length; i++) {
            worse(
                    i,
                    LabelBet.on(Math.min(MOST, limit + ABOVE_LIMIT[i] * margin), limit),
                    seen,
                    round);
        }
        worse(ABOVE_LIMIT.length, LabelBet.on(limit + BROKEN * (1 - limit), limit), seen, round);
        for (int i = 0; i < WITHIN.length; i++) {
            weighing.within.add(i, within(i).log(seen, margin));
        }
        for (int i = 0; i < BETTER.length; i++) {
            weighing.better.add(i, LabelBet.on(BETTER[i] * share, share).log(seen, 0));
        }
        weighing.settle();
    }

    private void worse(int index, LabelBet bet, Sample seen, Round round) {
        weighing.worse.add(index, round.alone() ? bet.logAlone(seen) : bet.log(seen, margin));
    }

    private LabelBet within(int index) {
        return LabelBet.on(share + WITHIN[index] * margin, share + margin);
    }

    private static Sample sample(Totals counts) {
        return new Sample(
                counts.errors(Side.OLD),
                counts.requests(Side.OLD),
                counts.errors(Side.NEW),
                counts.requests(Side.NEW));
    }

    @Override
    public boolean alarmed() {
        return weighing.alarmed();
    }

    @Override
    public Finding finding(Totals step, boolean cold) {
        Sample seen = sample(step);
        double before = seen.oldHits() / Math.max(1, seen.oldAll());
        double now = seen.newHits() / Math.max(1, seen.newAll());
        Verdict verdict = weighing.verdict();
        OptionalLong missing = verdict == Verdict.NOT_ENOUGH ? missing(seen) : OptionalLong.empty();
        String text =
                String.format(
                        Locale.ROOT,
                        "errors %.2f %% new, %.2f %% old (limit +%s)",
                        100 * now,
                        100 * before,
                        new Share(margin));
        return new Finding(
                Measure.ERRORS,
                verdict,
                true,
                weighing.confidence(),
                before,
                now,
                missing,
                Wording.line(text, verdict, weighing.confidence(), missing));
    }

    private OptionalLong missing(Sample seen) {
        double ratio = Wording.oldPerNew(seen.oldAll(), seen.newAll());
        Sample equal = new Sample(ratio * share, ratio, share, 1);
        return weighing.missing(within(0).log(equal, margin), within(1).log(equal, margin));
    }
}
