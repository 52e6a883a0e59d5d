package dev.carve.app.demo;

import dev.carve.app.terminal.Paint;
import dev.carve.load.LatencyFigures;
import java.util.List;
import java.util.Locale;

/** Response times side by side, within 80 columns. */
final class Table {

    private static final String TITLES = "  %-22s %8s %8s %8s %8s %8s %8s";

    private Table() {}

    /**
     * One measurement.
     *
     * @param name of the way the requests went
     * @param perSecond answers a second
     */
    record Row(
            String name,
            double perSecond,
            double min,
            double median,
            double p95,
            double p99,
            double max) {

        /** The same under another name. */
        Row named(String other) {
            return new Row(other, perSecond, min, median, p95, p99, max);
        }

        static Row of(String name, Trial.Outcome outcome) {
            LatencyFigures figures = LatencyFigures.of(outcome.latency());
            return new Row(
                    name,
                    outcome.perSecond(),
                    figures.min(),
                    figures.median(),
                    figures.p95(),
                    figures.p99(),
                    figures.max());
        }
    }

    static void print(Screen screen, List<Row> ours, Row... published) {
        screen.say("");
        screen.say(
                screen.paint(
                        Paint.DIM,
                        TITLES.formatted(
                                "answer time in ms",
                                "a second",
                                "min",
                                "median",
                                "p95",
                                "p99",
                                "max")));
        for (Row each : published) {
            screen.say(screen.paint(Paint.DIM, line(each)));
        }
        ours.forEach(row -> screen.say(line(row)));
        screen.say("");
    }

    private static String line(Row row) {
        return TITLES.formatted(
                row.name(),
                String.format(Locale.ROOT, "%.2f", row.perSecond()),
                millis(row.min()),
                millis(row.median()),
                millis(row.p95()),
                millis(row.p99()),
                millis(row.max()));
    }

    /** One decimal, and a comma between thousands. */
    static String millis(double value) {
        return String.format(Locale.ROOT, "%,.1f", value);
    }
}
