package dev.carve.it.express;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one run of a suite came to.
 *
 * @param byTitle the outcomes of all tests of a title, in the order of the run: titles repeat
 */
record Outcomes(Map<String, List<Outcome>> byTitle) {

    /**
     * One test's outcome.
     *
     * @param word pass, fail or pending
     * @param why the message of a failure, else empty
     */
    record Outcome(String word, String why) {
        @Override
        public String toString() {
            return why.isEmpty() ? word : word + " " + why;
        }
    }

    /** Reads the lines of {@code outcomes.js}. */
    static Outcomes read(List<String> lines) {
        Map<String, List<Outcome>> byTitle = new TreeMap<>();
        for (String line : lines) {
            String[] parts = line.split("\t", 3);
            if (parts.length != 3) {
                throw new IllegalArgumentException(
                        "outcome \"" + line + "\" (expected: word, title, why)");
            }
            byTitle.computeIfAbsent(parts[1], _ -> new ArrayList<>())
                    .add(new Outcome(parts[0], parts[2]));
        }
        return new Outcomes(byTitle);
    }

    /** How many tests ended so. */
    long count(String word) {
        return byTitle.values().stream()
                .flatMap(List::stream)
                .filter(outcome -> outcome.word().equals(word))
                .count();
    }

    /** Each title whose outcomes differ, with both sides; why a test failed may differ. */
    List<String> differences(Outcomes behind) {
        List<String> found = new ArrayList<>();
        var titles = new TreeSet<>(byTitle.keySet());
        titles.addAll(behind.byTitle.keySet());
        for (String title : titles) {
            List<Outcome> here = byTitle.getOrDefault(title, List.of());
            List<Outcome> there = behind.byTitle.getOrDefault(title, List.of());
            if (!words(here).equals(words(there))) {
                found.add("%s: direct %s, behind Carve %s".formatted(title, here, there));
            }
        }
        return found;
    }

    private static List<String> words(List<Outcome> outcomes) {
        return outcomes.stream().map(Outcome::word).toList();
    }

    @Override
    public String toString() {
        return "%d passed, %d failed, %d pending"
                .formatted(count("pass"), count("fail"), count("pending"));
    }
}
