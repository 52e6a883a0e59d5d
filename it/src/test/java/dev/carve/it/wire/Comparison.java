package dev.carve.it.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Outcomes of one corpus at several gateways, side by side. One thread. */
final class Comparison {

    /**
     * What a gateway did on a case.
     *
     * @param leniency how lenient that is
     * @param text the same for people
     */
    record Outcome(Leniency leniency, String text) {}

    private final Map<String, String> expectations = new LinkedHashMap<>();
    private final Map<String, Map<String, Outcome>> outcomes = new LinkedHashMap<>();

    void expect(String name, String expectation) {
        expectations.put(name, expectation);
    }

    void add(String gateway, String name, Outcome outcome) {
        outcomes.computeIfAbsent(gateway, g -> new LinkedHashMap<>()).put(name, outcome);
    }

    Outcome outcome(String gateway, String name) {
        Outcome outcome = outcomes.getOrDefault(gateway, Map.of()).get(name);
        if (outcome == null) {
            throw new IllegalArgumentException("no outcome of " + name + " at " + gateway);
        }
        return outcome;
    }

    /** The names of the cases on which that gateway is the most lenient (see {@link Leniency}). */
    List<String> mostLenient(String gateway) {
        var names = new ArrayList<String>();
        for (String name : expectations.keySet()) {
            Leniency own = outcome(gateway, name).leniency();
            boolean above =
                    outcomes.keySet().stream()
                            .filter(g -> !g.equals(gateway))
                            .allMatch(g -> outcome(g, name).leniency().compareTo(own) < 0);
            if (own.lenient() && above && outcomes.size() > 1) {
                names.add(name);
            }
        }
        return names;
    }

    /** On how many cases that gateway was observed. */
    int cases(String gateway) {
        return outcomes.getOrDefault(gateway, Map.of()).size();
    }

    /** How many outcomes of that gateway are lenient. */
    long lenient(String gateway) {
        return outcomes.getOrDefault(gateway, Map.of()).values().stream()
                .filter(o -> o.leniency().lenient())
                .count();
    }

    /**
     * Rows are cases, columns gateways; the counts come last. A {@code !} marks what is lenient.
     */
    String table() {
        var text = new StringBuilder();
        row(text, "case", "Carve's rule", List.copyOf(outcomes.keySet()));
        for (var expectation : expectations.entrySet()) {
            var cells = new ArrayList<String>();
            for (String gateway : outcomes.keySet()) {
                Outcome outcome = outcome(gateway, expectation.getKey());
                cells.add((outcome.leniency().lenient() ? "! " : "  ") + outcome.text());
            }
            row(text, expectation.getKey(), expectation.getValue(), cells);
        }
        count(text, "lenient", this::lenient);
        for (Leniency leniency : Leniency.values()) {
            count(text, "  " + leniency.name().toLowerCase(Locale.ROOT), g -> of(g, leniency));
        }
        count(text, "most lenient on", g -> (long) mostLenient(g).size());
        return text.toString();
    }

    private long of(String gateway, Leniency leniency) {
        return outcomes.getOrDefault(gateway, Map.of()).values().stream()
                .filter(o -> o.leniency() == leniency)
                .count();
    }

    private void count(StringBuilder text, String name, ToLongFunction<String> figure) {
        var cells =
                outcomes.keySet().stream()
                        .map(g ->
                                "  %d of %d".formatted(figure.applyAsLong(g), expectations.size()))
                        .toList();
        row(text, name, "", cells);
    }

    private static void row(StringBuilder text, String name, String rule, List<String> cells) {
        var line = new StringBuilder("%-42s %-34s".formatted(name, cut(rule, 34)));
        for (String cell : cells) {
            line.append(" %-44s".formatted(cut(cell, 44)));
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length - 2) + "..";
    }
}
