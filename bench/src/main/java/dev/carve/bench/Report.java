package dev.carve.bench;

import dev.carve.bench.stats.Paired;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Says what came out: lines for the terminal, a Markdown table and JSON with the same content. */
final class Report {

    private final Surroundings surroundings;
    private final Options options;
    private final Field field;

    Report(Surroundings surroundings, Options options, Field field) {
        this.surroundings = surroundings;
        this.options = options;
        this.field = field;
    }

    String opening() {
        StringBuilder text = new StringBuilder();
        surroundings
                .facts()
                .forEach(
                        (name, value) -> text.append(name).append(": ").append(value).append('\n'));
        return text.append(conditions()).append('\n').toString();
    }

    /** One figure, with everything that is needed to judge it. */
    String row(Result result) {
        Figure figure = result.figure();
        StringBuilder text = new StringBuilder();
        text.append("%-9s %s: %s%n".formatted(result.verdict().text(), figure.id(), figure.text()));
        text.append("          bar ").append(bar(figure));
        result.medians()
                .forEach((label, median) ->
                        text.append("; ").append(label).append(' ').append(value(median, figure)));
        text.append('\n');
        result.ratio()
                .ifPresent(ratio ->
                        text.append("          ratio ")
                                .append(ratio(ratio))
                                .append(", A/A spread ")
                                .append(spread(result))
                                .append('\n'));
        result.notes().forEach(note -> text.append("          ").append(note).append('\n'));
        return text.toString();
    }

    String closing(List<Result> results) {
        Map<String, Long> counts =
                results.stream()
                        .collect(
                                Collectors.groupingBy(
                                        one -> one.verdict().text(),
                                        LinkedHashMap::new,
                                        Collectors.counting()));
        String told =
                counts.entrySet().stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey())
                        .collect(Collectors.joining(", "));
        return "%s; written to %s%n".formatted(told, options.out().resolve("bench.md"));
    }

    void write(Path folder, List<Result> results) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("bench.md"), markdown(results));
        Files.writeString(folder.resolve("bench.json"), Json.of(tree(results)) + "\n");
    }

    /** A section as it stands in {@code docs/internals/performance.md}; twins are in the JSON. */
    String markdown(List<Result> results) {
        StringBuilder text = new StringBuilder("## ").append(field.subject());
        text.append(" beside its peers\n\n");
        surroundings
                .facts()
                .forEach((name, value) ->
                        text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append("- ").append(conditions()).append("\n");
        text.append(
                """
                - values are medians of the rounds; the ratio is the median of the rounds' own ratios to %s (or to Carve without
                  the feature that is measured), with its interval; the A/A spread is what two identical instances differ by, and a ratio inside it counts as equal

                """
                        .formatted(field.reference()));
        List<String> labels =
                field.contenders().stream()
                        .filter(one -> one.instance() == 1)
                        .map(Contender::label)
                        .toList();
        text.append("| figure | bar | ").append(String.join(" | ", labels));
        text.append(" | ratio (interval) | A/A spread | verdict |\n|");
        text.append(" --- |".repeat(labels.size() + 5)).append('\n');
        for (Result result : results) {
            text.append(row(result, labels));
        }
        text.append('\n').append(notes(results));
        return text.toString();
    }

    private String row(Result result, List<String> labels) {
        List<String> cells = new ArrayList<>();
        cells.add(result.figure().text());
        cells.add(bar(result.figure()));
        for (String label : labels) {
            Result.Median median = result.medians().get(label);
            cells.add(median == null ? "" : value(median, result.figure()));
        }
        cells.add(result.ratio().map(Report::ratio).orElse(""));
        cells.add(spread(result));
        cells.add(result.verdict().text());
        return "| " + String.join(" | ", cells) + " |\n";
    }

    /** Rows of one scenario have most notes in common; each is told once, with its rows. */
    private static String notes(List<Result> results) {
        Map<String, List<String>> rowsByNote = new LinkedHashMap<>();
        for (Result result : results) {
            for (String note : result.notes()) {
                rowsByNote
                        .computeIfAbsent(note.replace("\n", "; "), _ -> new ArrayList<>())
                        .add(result.figure().id());
            }
        }
        StringBuilder text = new StringBuilder();
        rowsByNote.forEach((note, rows) ->
                text.append("- ")
                        .append(String.join(", ", rows))
                        .append(": ")
                        .append(note)
                        .append('\n'));
        return text.toString();
    }

    private Map<String, Object> tree(List<Result> results) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("machine", surroundings.facts());
        tree.put("conditions", conditions());
        tree.put("subject", field.subject());
        tree.put("reference", field.reference());
        tree.put("figures", results.stream().map(Report::tree).toList());
        return tree;
    }

    private static Map<String, Object> tree(Result result) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("id", result.figure().id());
        tree.put("text", result.figure().text());
        tree.put("unit", result.figure().metric().unit());
        tree.put("verdict", result.verdict().text());
        Map<String, Object> medians = new LinkedHashMap<>();
        result.medians()
                .forEach((label, median) ->
                        medians.put(
                                label,
                                Map.of(
                                        "median",
                                        median.value(),
                                        "low",
                                        median.interval().low(),
                                        "high",
                                        median.interval().high())));
        tree.put("medians", medians);
        result.ratio()
                .ifPresent(ratio -> {
                    tree.put("ratio", ratio.median());
                    tree.put("ratio_low", ratio.interval().low());
                    tree.put("ratio_high", ratio.interval().high());
                    tree.put("ratio_coverage", ratio.interval().coverage());
                });
        result.spread().ifPresent(spread -> tree.put("aa_spread", spread.factor()));
        tree.put("notes", result.notes());
        return tree;
    }

    private String conditions() {
        Pace pace = options.pace();
        return "%d rounds of %d s windows, order alternating; at most %d repeated when others use more than %s; fixed bars %d rounds, bodies 2 s windows"
                .formatted(
                        pace.rounds(),
                        pace.window().toSeconds(),
                        pace.repeatsMax(),
                        Numbers.percent(Rounds.OTHERS_SHARE_MAX),
                        Math.min(pace.rounds(), Pace.FEW));
    }

    private String bar(Figure figure) {
        Field part = field.of(figure.scenario().roster());
        return figure.bar().text(part.reference(), figure.metric().unit());
    }

    private static String value(Result.Median median, Figure figure) {
        return Numbers.plain(median.value()) + " " + figure.metric().unit();
    }

    private static String ratio(Paired paired) {
        return "%s (%s to %s, %s)"
                .formatted(
                        Numbers.ratio(paired.median()),
                        Numbers.ratio(paired.interval().low()),
                        Numbers.ratio(paired.interval().high()),
                        Numbers.percent(paired.interval().coverage()));
    }

    private static String spread(Result result) {
        return result.spread().map(one -> "× " + Numbers.ratio(one.factor())).orElse("");
    }
}
