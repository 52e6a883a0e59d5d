package dev.carve.app.terminal;

import java.util.Locale;

/** Numbers for people: three digits that count, and the unit. Any thread. */
public final class Figures {

    /** What stands where there is no value. */
    public static final String NONE = "-";

    private static final double MILLI = 1e-3;
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Figures() {}

    /** {@code 340us}, {@code 1.2ms}, {@code 12ms}, {@code 1.50s}, {@code 75s}. */
    public static String latency(double seconds) {
        if (seconds <= 0) {
            return "0";
        }
        if (seconds < MILLI) {
            return Math.max(1, Math.round(seconds * 1e6)) + "us";
        }
        if (seconds < 1) {
            return digits(seconds * 1e3) + "ms";
        }
        return digits(seconds) + "s";
    }

    /** {@code 0}, {@code 0.5}, {@code 12}, {@code 1,240}. */
    public static String rate(double perSecond) {
        if (perSecond <= 0) {
            return "0";
        }
        return perSecond < 10
                ? String.format(Locale.ROOT, "%.1f", perSecond)
                : String.format(Locale.ROOT, "%,.0f", perSecond);
    }

    /** {@code 1,240}. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** {@code 0%}, {@code 0.02%}, {@code 12%}; never 0 % for something, nor 100 % for less. */
    public static String share(double share) {
        if (share <= 0) {
            return "0%";
        }
        double percent = share * 100;
        if (percent < 0.01) {
            return "<0.01%";
        }
        if (percent < 1) {
            return String.format(Locale.ROOT, "%.2f%%", percent);
        }
        if (percent < 10) {
            return String.format(Locale.ROOT, "%.1f%%", percent);
        }
        return share < 1 && percent > 99 ? ">99%" : Math.round(percent) + "%";
    }

    /** How long ago or for how long: {@code 4s}, {@code 12m}, {@code 3h}, {@code 3d}. */
    public static String age(double seconds) {
        long whole = Math.max(0, (long) seconds);
        if (whole < 2 * MINUTE) {
            return whole + "s";
        }
        if (whole < 2 * HOUR) {
            return whole / MINUTE + "m";
        }
        return whole < 2 * DAY ? whole / HOUR + "h" : whole / DAY + "d";
    }

    private static String digits(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
    }
}
