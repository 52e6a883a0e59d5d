package dev.carve.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The rounds of one scenario: each contender's window in each round.
 *
 * @param rounds in order of time, without those that were thrown away
 * @param repeated how many were thrown away because others used the machine or they were void
 * @param disturbed how many were kept although others did, the repeats being used up
 */
record Rounds(List<Map<Contender, Window>> rounds, int repeated, int disturbed) {

    /** Above this share of the machine in other hands a round is measured again. */
    static final double OTHERS_SHARE_MAX = 0.02;

    /**
     * Runs all rounds, fewer if void ones use the repeats up. What drifts over time hits every
     * contender alike, since they take turns.
     */
    static Rounds run(
            Scenario.Trial trial, List<Contender> contenders, Pace pace, Consumer<String> progress)
            throws IOException, InterruptedException {
        List<Map<Contender, Window>> kept = new ArrayList<>();
        int repeated = 0;
        int disturbed = 0;
        while (kept.size() < pace.rounds()) {
            Map<Contender, Window> round = new LinkedHashMap<>();
            for (Contender contender : order(contenders, kept.size())) {
                round.put(contender, trial.measure(contender));
            }
            Optional<String> voided = voided(round);
            double others = othersShare(round);
            String told =
                    "round " + (kept.size() + 1) + " of " + pace.rounds() + ": " + told(round);
            if (voided.isPresent()) {
                progress.accept(told + "; void, " + voided.get());
                if (repeated++ < pace.repeatsMax()) {
                    continue;
                }
                if (kept.isEmpty()) {
                    throw new IOException("every round was void: " + voided.get());
                }
                break;
            }
            if (others > OTHERS_SHARE_MAX && repeated < pace.repeatsMax()) {
                repeated++;
                progress.accept(told + "; again, others used " + Numbers.percent(others));
                continue;
            }
            disturbed += others > OTHERS_SHARE_MAX ? 1 : 0;
            kept.add(round);
            progress.accept(told);
        }
        return new Rounds(List.copyOf(kept), repeated, disturbed);
    }

    /**
     * The order of turns: one place further in each round and every other round backwards, so that
     * nobody always comes first or always follows the same one.
     */
    static List<Contender> order(List<Contender> contenders, int round) {
        List<Contender> order = new ArrayList<>(contenders);
        Collections.rotate(order, -(round / 2));
        return round % 2 == 0 ? order : order.reversed();
    }

    /** The largest share that others had during any window of the kept rounds. */
    double othersShareMax() {
        return rounds.stream().mapToDouble(Rounds::othersShare).max().orElse(0);
    }

    boolean measured(Contender contender, Metric metric) {
        return rounds.stream()
                .allMatch(round -> window(round, contender).values().containsKey(metric));
    }

    double[] values(Contender contender, Metric metric) {
        return rounds.stream()
                .mapToDouble(round -> value(window(round, contender), metric))
                .toArray();
    }

    List<String> faults(Contender contender) {
        return rounds.stream()
                .flatMap(round -> window(round, contender).faults().stream())
                .distinct()
                .toList();
    }

    private static Window window(Map<Contender, Window> round, Contender contender) {
        Window window = round.get(contender);
        if (window == null) {
            throw new IllegalArgumentException(contender.label() + " took no part in the rounds");
        }
        return window;
    }

    private static double value(Window window, Metric metric) {
        Double value = window.values().get(metric);
        if (value == null) {
            throw new IllegalArgumentException(metric + " was not measured in these rounds");
        }
        return value;
    }

    private static Optional<String> voided(Map<Contender, Window> round) {
        return round.entrySet().stream()
                .flatMap(entry ->
                        entry.getValue().voided().stream()
                                .map(why -> entry.getKey().label() + ": " + why))
                .findFirst();
    }

    private static double othersShare(Map<Contender, Window> round) {
        return round.values().stream().mapToDouble(Window::othersShare).max().orElse(0);
    }

    private static String told(Map<Contender, Window> round) {
        List<String> parts = new ArrayList<>();
        round.forEach((contender, window) -> {
            List<String> values = new ArrayList<>();
            window.values().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .limit(2)
                    .forEach(entry ->
                            values.add(
                                    Numbers.plain(entry.getValue()) + " " + entry.getKey().unit()));
            parts.add(contender.label() + " " + String.join(" ", values));
        });
        return String.join(", ", parts);
    }
}
