package dev.carve.bench;

import dev.carve.bench.stats.Interval;
import dev.carve.bench.stats.Medians;
import dev.carve.bench.stats.Paired;
import dev.carve.bench.stats.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one figure came to.
 *
 * @param medians by contender, in the metric's unit; empty when it was not run
 * @param ratio of the subject to the reference
 * @param spread of the A/A ratios
 * @param notes for the reader: why it was not run, what was disturbed, what was wrong
 */
record Result(
        Figure figure,
        Verdict verdict,
        Map<String, Median> medians,
        Optional<Paired> ratio,
        Optional<Spread> spread,
        List<String> notes) {

    private static final int ROUNDS_MIN = 7;

    /** Percent of a core; a gateway that uses less could have done more. */
    private static final double GATEWAY_LIMITS = 95;

    /** A contender's median and its interval. */
    record Median(double value, Interval interval) {}

    static Result notRun(Figure figure, String why) {
        return new Result(
                figure,
                Verdict.NOT_RUN,
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                List.of(why));
    }

    /** Judges {@code subject} against {@code reference}, either of which may have had no part. */
    static Result of(Figure figure, Rounds rounds, Field field, List<String> remarks) {
        Metric metric = figure.metric();
        List<String> notes = new ArrayList<>(remarks);
        notes.addAll(field.absences());
        Map<String, Median> medians = new LinkedHashMap<>();
        boolean subjectFaulty = false;
        boolean otherFaulty = false;
        for (Contender contender : field.contenders()) {
            List<String> faults = rounds.faults(contender);
            faults.forEach(fault -> notes.add(contender.label() + ": " + fault));
            boolean isSubject = contender.peer().name().equals(field.subject());
            subjectFaulty |= isSubject && !faults.isEmpty();
            otherFaulty |= contender.peer().name().equals(field.reference()) && !faults.isEmpty();
            if (rounds.measured(contender, metric)) {
                double[] values = rounds.values(contender, metric);
                medians.put(
                        contender.label(),
                        new Median(Medians.median(values), Interval.ofMedian(values)));
            }
        }
        if (rounds.repeated() > 0 || rounds.disturbed() > 0) {
            notes.add(
                    "%d rounds repeated or void, %d kept although others used the machine (up to %s)"
                            .formatted(
                                    rounds.repeated(),
                                    rounds.disturbed(),
                                    Numbers.percent(rounds.othersShareMax())));
        }
        if (metric == Metric.RATE) {
            for (Contender contender : field.contenders()) {
                if (rounds.measured(contender, Metric.CORE_USED)) {
                    notes.add(limit(contender, rounds));
                }
            }
        }
        Optional<Spread> spread = spread(rounds, field, metric);
        Optional<Paired> ratio = ratio(rounds, field, metric);
        Verdict verdict = verdict(figure, field, medians, ratio, spread, notes);
        boolean judged =
                verdict == Verdict.MET || verdict == Verdict.EQUAL || verdict == Verdict.MISSED;
        int roundsMin = figure.bar().relative() ? ROUNDS_MIN : Pace.FEW;
        if (judged && rounds.rounds().size() < roundsMin) {
            verdict = Verdict.REPORTED;
            notes.add(
                    "no verdict: %d rounds (expected at least %d)"
                            .formatted(rounds.rounds().size(), roundsMin));
        }
        if (subjectFaulty) {
            verdict = Verdict.MISSED;
        } else if (otherFaulty && figure.bar().relative()) {
            verdict = Verdict.NOT_RUN;
        }
        return new Result(figure, verdict, medians, ratio, spread, List.copyOf(notes));
    }

    private static String limit(Contender contender, Rounds rounds) {
        double used = Medians.median(rounds.values(contender, Metric.CORE_USED));
        return "%s used %s %% of its core%s"
                .formatted(
                        contender.label(),
                        Numbers.plain(used),
                        used < GATEWAY_LIMITS
                                ? ": the core of load and backend, or other programs, were the limit"
                                : "");
    }

    private static Verdict verdict(
            Figure figure,
            Field field,
            Map<String, Median> medians,
            Optional<Paired> ratio,
            Optional<Spread> spread,
            List<String> notes) {
        Median subject = medians.get(field.subject());
        if (subject == null) {
            return Verdict.NOT_RUN;
        }
        return switch (figure.bar()) {
            case Bar.AtMost bar -> Verdict.ofValue(subject.value(), bar);
            case Bar.AtLeast bar -> Verdict.ofValue(subject.value(), bar);
            case Bar.Reported _ -> Verdict.REPORTED;
            case Bar.AtMostTimes _, Bar.AtLeastTimes _ -> {
                if (ratio.isEmpty() || spread.isEmpty()) {
                    notes.add("no ratio without " + field.reference() + " and an A/A pair");
                    yield Verdict.NOT_RUN;
                }
                yield Verdict.ofRatio(ratio.get().median(), spread.get(), figure.bar());
            }
        };
    }

    private static Optional<Paired> ratio(Rounds rounds, Field field, Metric metric) {
        return field.find(field.subject(), 1)
                .flatMap(subject ->
                        field.find(field.reference(), 1)
                                .flatMap(reference -> paired(rounds, metric, subject, reference)));
    }

    private static Optional<Spread> spread(Rounds rounds, Field field, Metric metric) {
        List<Paired> pairs = new ArrayList<>();
        for (Contender twin : field.contenders()) {
            if (twin.instance() == 2) {
                field.find(twin.peer().name(), 1)
                        .flatMap(first -> paired(rounds, metric, twin, first))
                        .ifPresent(pairs::add);
            }
        }
        return pairs.isEmpty() ? Optional.empty() : Optional.of(Spread.of(pairs));
    }

    private static Optional<Paired> paired(
            Rounds rounds, Metric metric, Contender numerator, Contender denominator) {
        if (!rounds.measured(numerator, metric) || !rounds.measured(denominator, metric)) {
            return Optional.empty();
        }
        double[] above = rounds.values(numerator, metric);
        double[] below = rounds.values(denominator, metric);
        for (int i = 0; i < above.length; i++) {
            if (above[i] <= 0 || below[i] <= 0) {
                // A counter too coarse for so short a window; no ratio is better than a wrong one.
                return Optional.empty();
            }
        }
        return Optional.of(Paired.of(above, below));
    }
}
