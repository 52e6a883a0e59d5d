package dev.carve.app;

import dev.carve.app.terminal.Columns.Cell;
import dev.carve.app.terminal.Figures;
import dev.carve.app.terminal.Paint;

/** What tables show of recent traffic, of whatever it is; a dash where there is none. Stateless. */
final class TrafficCells {

    /** Errors of more than this share are shown in red, of less in yellow. */
    private static final double MANY_ERRORS = 0.01;

    private TrafficCells() {}

    static Cell rate(JsonTree recent) {
        return Cell.of(
                recent.isAbsent() ? Figures.NONE : Figures.rate(recent.get("per_second").number()));
    }

    static Cell errors(JsonTree recent) {
        if (recent.get("ended").count() == 0) {
            return Cell.of(Figures.NONE);
        }
        double share = recent.get("error_share").number();
        return Cell.of(Figures.share(share), errorPaint(share));
    }

    static Paint errorPaint(double share) {
        if (share <= 0) {
            return Paint.PLAIN;
        }
        return share > MANY_ERRORS ? Paint.RED : Paint.YELLOW;
    }

    static String count(JsonTree recent, String name) {
        return recent.isAbsent() ? Figures.NONE : Figures.count(recent.get(name).count());
    }

    /** None where nothing ended. */
    static String latency(JsonTree recent, String name) {
        return recent.get("ended").count() == 0
                ? Figures.NONE
                : Figures.latency(recent.get(name).number());
    }
}
