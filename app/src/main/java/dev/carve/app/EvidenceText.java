package dev.carve.app;

import dev.carve.app.terminal.Figures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The view {@code route_evidence} as a page of Markdown that also reads well as text. */
final class EvidenceText {

    private static final double MICROS = 1e6;

    /** What {@code carve_mirror_skipped_total} counts, in words. */
    private static final Map<String, String> SKIPS =
            Map.ofEntries(
                    Map.entry("unsafe", "it may change something, and `writes:` does not copy it"),
                    Map.entry("upgrade", "it asked for another protocol"),
                    Map.entry("copies", "too many copies were under way (`mirror.copies`)"),
                    Map.entry("memory", "copies held too much together (`mirror.memory`)"),
                    Map.entry("lag", "the copy fell behind its request (`mirror.lag`)"),
                    Map.entry("body_cut", "the client's own call did not take the whole body"),
                    Map.entry("client_gone", "the client went away"),
                    Map.entry("call_failed", "the client's own call failed"),
                    Map.entry("copy_failed", "the copy failed; counted as an error of its side"),
                    Map.entry("too_large", "an answer was too large (`mirror.answer`)"),
                    Map.entry("behind", "comparing fell behind"),
                    Map.entry("fault", "a fault of the gateway; see its log"));

    private final JsonTree evidence;
    private final List<String> lines = new ArrayList<>();

    private EvidenceText(JsonTree evidence) {
        this.evidence = evidence;
    }

    static List<String> lines(JsonTree evidence) {
        EvidenceText text = new EvidenceText(evidence);
        text.head();
        text.verdicts();
        text.compared();
        text.places();
        text.examples();
        text.notCompared();
        text.rules();
        text.changes();
        return text.lines;
    }

    private String text(String name) {
        return evidence.get(name).text();
    }

    private String count(String name) {
        return Figures.count(evidence.get(name).count());
    }

    private void section(String title) {
        lines.add("");
        lines.add("## " + title);
        lines.add("");
    }

    private void row(String... cells) {
        lines.add("| " + String.join(" | ", cells) + " |");
    }

    private void table(String... titles) {
        row(titles);
        lines.add("|" + " --- |".repeat(titles.length));
    }

    // The parts.

    private void head() {
        lines.add("# Carve of " + plain(text("route")));
        lines.add("");
        table("", "");
        row("requests", code(text("match")));
        row("old side", plain(text("old_side")));
        row("new side", plain(text("new_side")));
        row("stage", stage());
        row("since", time(text("since")));
        if (!text("waits").isEmpty()) {
            row("next step", plain(text("waits").replaceFirst("^waits for ", "after ")));
        }
        row("mirrored", mirrored());
        row("asked at", time(text("asked_at")));
    }

    private String stage() {
        String stage = plain(text("stage"));
        return switch (text("stage")) {
            case "shift", "paused" -> stage + ", the new side answers " + text("share");
            case "done" -> stage + ", the new side answers everything";
            default -> stage + ", the old side answers everything";
        };
    }

    private String mirrored() {
        String mirror = text("mirror");
        if (mirror.equals("0%")) {
            return "nothing";
        }
        String writes =
                switch (text("writes")) {
                    case "header" -> "; writes as a dry run";
                    case "all" -> "; writes too";
                    default -> "; no writes";
                };
        return mirror
                + " of the requests, "
                + text("noise")
                + " of these twice at the old side"
                + writes;
    }

    private void verdicts() {
        section("Verdicts");
        List<JsonTree> findings = evidence.get("findings").items();
        if (findings.isEmpty()) {
            lines.add("Nothing is judged in stage " + plain(text("stage")) + ".");
            return;
        }
        lines.add(
                "Both sides over the same minutes, "
                        + count("requests")
                        + " requests at the new side since the stage or step began.");
        lines.add("");
        table("measure", "old side", "new side", "verdict", "sure", "binds");
        for (JsonTree each : findings) {
            String measure = each.get("measure").text();
            double sure = each.get("confidence").number();
            row(
                    measure,
                    measure.equals("mismatches") ? "" : figure(measure, each.get("old").number()),
                    figure(measure, each.get("new").number()),
                    each.get("verdict").text(),
                    sure > 0 ? sure(sure) : "",
                    each.get("binding").flag() ? "yes" : "no");
        }
        lines.add("");
        for (JsonTree each : findings) {
            lines.add("- " + plain(each.get("text").text()));
        }
    }

    /** Never surer than it is: cut, not rounded. */
    private static String sure(double confidence) {
        return String.format(Locale.ROOT, "%.2f%%", Math.floor(confidence * 10_000) / 100);
    }

    private static String figure(String measure, double value) {
        return measure.startsWith("p") ? Figures.latency(value / MICROS) : Figures.share(value);
    }

    private void compared() {
        section("What was compared");
        lines.add("Since the gateway was started:");
        lines.add("");
        table("pairs of answers", "");
        row("the same", count("same"));
        row("different in what speaks against the new side", count("mismatches"));
        row("different only where the old side differs from itself", count("noisy"));
        row("that could not be compared", count("uncomparable"));
        lines.add("");
        lines.add(
                count("mirrored")
                        + " copies were sent; "
                        + count("fallbacks")
                        + " times the old side answered because the new one had failed.");
    }

    private void places() {
        section("Where answers differ");
        List<JsonTree> places = evidence.get("differences").items();
        if (places.isEmpty()) {
            lines.add("Nowhere.");
            return;
        }
        lines.add(
                "Of the pairs that are remembered, the last 2,000 or so. Old and new are answers of"
                        + " both sides to one request; old and old are two answers of the old"
                        + " side.");
        lines.add("");
        table("place", "verdict", "old and new differ", "old and old differ");
        for (JsonTree each : places) {
            row(
                    code(each.get("place").text()),
                    each.get("verdict").text(),
                    pair(each, "copies_differing", "copies"),
                    pair(each, "twins_differing", "twins"));
        }
    }

    private static String pair(JsonTree of, String part, String whole) {
        long all = of.get(whole).count();
        long some = of.get(part).count();
        String share = all == 0 ? "" : " (" + Figures.share((double) some / all) + ")";
        return Figures.count(some) + " of " + Figures.count(all) + share;
    }

    private void examples() {
        section("Examples");
        String notKept = text("not_kept");
        if (!notKept.isEmpty()) {
            lines.add("None: " + plain(notKept) + ".");
            return;
        }
        List<JsonTree> examples = evidence.get("examples").items();
        if (examples.isEmpty()) {
            lines.add("No differing answer is kept.");
            return;
        }
        lines.add("The latest of each place; secrets are taken out.");
        for (JsonTree each : examples) {
            example(each);
        }
    }

    private void example(JsonTree of) {
        lines.add("");
        lines.add("### " + code(of.get("method").text() + " " + of.get("target").text()));
        lines.add("");
        lines.add(
                time(of.get("at").text())
                        + ", status "
                        + of.get("old_status").count()
                        + " of the old side and "
                        + of.get("new_status").count()
                        + " of the new one.");
        lines.add("");
        table("place", "old side", "new side");
        for (JsonTree place : of.get("places").items()) {
            boolean shown = place.get("shown").flag();
            row(
                    code(place.get("place").text()),
                    shown ? value(place.get("old")) : "not kept",
                    shown ? value(place.get("new")) : "not kept");
        }
    }

    private static String value(JsonTree of) {
        return of.isAbsent() ? "nothing" : code(of.text());
    }

    private void notCompared() {
        section("What was not compared");
        Map<String, Long> skips = new LinkedHashMap<>();
        evidence.get("skipped").members((name, count) -> skips.put(name, count.count()));
        if (skips.isEmpty()) {
            lines.add("Nothing of what was to be.");
        } else {
            table("requests", "why not");
            skips.forEach((name, count) ->
                    row(Figures.count(count), SKIPS.getOrDefault(name, code(name))));
        }
        lines.add("");
        lines.add("What nobody asked for in this time was not compared either.");
    }

    private void rules() {
        section("Rules in use");
        List<String> rules = new ArrayList<>();
        evidence.get("rules").members((name, value) -> rule(name, value, rules));
        if (rules.isEmpty()) {
            lines.add("None: everything counts.");
        } else {
            fenced(rules);
        }
        List<JsonTree> learnt = evidence.get("learnt").items();
        if (!learnt.isEmpty()) {
            lines.add("");
            lines.add("Learnt from the old side, and not accepted yet (`carve accept`):");
            lines.add("");
            fenced(learnt.stream().map(JsonTree::text).toList());
        }
    }

    private static void rule(String name, JsonTree value, List<String> into) {
        List<String> entries = new ArrayList<>();
        value.items().forEach(each -> entries.add("  - " + each.text()));
        value.members((key, each) ->
                entries.add("  " + (key.isEmpty() ? "\"\"" : key) + ": " + each.text()));
        if (!entries.isEmpty()) {
            into.add(name + ":");
            into.addAll(entries);
        }
    }

    private void fenced(List<String> text) {
        String fence = fence(String.join("\n", text), 3);
        lines.add(fence + "yaml");
        text.forEach(each -> lines.add(each.replaceAll("[\\r\\n]+", " ")));
        lines.add(fence);
    }

    private void changes() {
        section("Changes");
        List<JsonTree> changes = evidence.get("ledger").items();
        if (changes.isEmpty()) {
            lines.add("None.");
            return;
        }
        table("when", "by", "from", "to", "why");
        for (JsonTree each : changes) {
            row(
                    time(each.get("at").text()),
                    plain(each.get("by").text()),
                    plain(each.get("from").text()),
                    plain(each.get("to").text()),
                    plain(each.get("reason").text()));
        }
    }

    // Text that means nothing else in Markdown.

    /** To the second. */
    private static String time(String instant) {
        int point = instant.indexOf('.');
        String seconds = point < 0 ? instant : instant.substring(0, point) + "Z";
        return plain(seconds.replace('T', ' ').replace("Z", " UTC"));
    }

    private static String plain(String text) {
        return oneLine(text).replaceAll("([\\\\`*_|<>\\[\\]])", "\\\\$1");
    }

    /** A code span; in a table even there a bar has to be escaped. */
    private static String code(String text) {
        String line = oneLine(text);
        String fence = fence(line, 1);
        String pad = line.startsWith("`") || line.endsWith("`") || line.isBlank() ? " " : "";
        return fence + pad + line.replace("|", "\\|") + pad + fence;
    }

    private static String oneLine(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]+", " ");
    }

    /** More backticks than stand anywhere in the text. */
    private static String fence(String text, int least) {
        int most = least - 1;
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            run = text.charAt(i) == '`' ? run + 1 : 0;
            most = Math.max(most, run);
        }
        return "`".repeat(most + 1);
    }
}
