package dev.carve.app;

import dev.carve.app.terminal.Look;
import dev.carve.app.terminal.Paint;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What {@code carve replay} shows of the view of the same name. */
final class ReplayText {

    private static final Pattern HARMFUL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");
    private static final int PLACE_WIDTH_MAX = 40;

    private ReplayText() {}

    /** Whether nothing differs any more, of all that is kept. */
    static boolean isFixed(JsonTree replay) {
        return replay.get("failure").text().isEmpty()
                && replay.get("different").count() == 0
                && replay.get("not_asked").count() == 0;
    }

    static List<String> lines(JsonTree replay, Look look) {
        List<String> lines = new ArrayList<>();
        String failure = replay.get("failure").text();
        if (!failure.isEmpty()) {
            lines.add(look.paint(Paint.RED, harmless(failure)));
        }
        List<JsonTree> requests = replay.get("requests").items();
        if (requests.isEmpty()) {
            lines.add("nothing is kept of " + harmless(replay.get("route").text()));
            return lines;
        }
        for (String verdict : List.of("different", "not_asked", "fixed")) {
            for (JsonTree each : requests) {
                if (each.get("verdict").text().equals(verdict)) {
                    request(each, verdict, look, lines);
                }
            }
        }
        lines.add("");
        lines.add(
                replay.get("fixed").count()
                        + " fixed, "
                        + replay.get("different").count()
                        + " different, "
                        + replay.get("not_asked").count()
                        + " not asked, of "
                        + replay.get("total").count()
                        + " kept");
        return lines;
    }

    private static void request(JsonTree of, String verdict, Look look, List<String> lines) {
        Paint paint =
                switch (verdict) {
                    case "different" -> Paint.RED;
                    case "fixed" -> Paint.GREEN;
                    default -> Paint.YELLOW;
                };
        lines.add(
                look.paint(paint, "%-9s".formatted(verdict.replace('_', ' ')))
                        + "  "
                        + harmless(of.get("method").text() + " " + of.get("target").text()));
        String reason = of.get("reason").text();
        if (!reason.isEmpty()) {
            lines.add("           " + harmless(reason));
        }
        int width = 0;
        for (JsonTree each : of.get("places").items()) {
            width = Math.max(width, each.get("path").text().length());
        }
        for (JsonTree each : of.get("places").items()) {
            lines.add(place(each, Math.min(width, PLACE_WIDTH_MAX)));
        }
    }

    private static String place(JsonTree of, int width) {
        String what = of.get("verdict").text();
        String line =
                "           "
                        + ("%-" + Math.max(1, width) + "s")
                                .formatted(harmless(of.get("path").text()))
                        + "  ";
        if (what.equals("fixed")) {
            return line + "fixed";
        }
        String old = value(of.get("old"));
        String fresh = value(of.get("fresh"));
        String values =
                of.get("old").isAbsent() && of.get("fresh").isAbsent()
                        ? ""
                        : ": old " + old + ", new " + fresh;
        return line + what + values;
    }

    private static String value(JsonTree of) {
        return of.isAbsent() ? "has none" : harmless(of.text());
    }

    private static String harmless(String text) {
        return HARMFUL.matcher(text).replaceAll("?");
    }
}
