package dev.carve.bench;

import java.util.Locale;

/** Numbers as the report prints them, alike on every machine. */
final class Numbers {

    private Numbers() {}

    /** Three or four significant digits, which is more than the spread allows. */
    static String plain(double value) {
        double size = Math.abs(value);
        String format = size >= 1000 ? "%.0f" : size >= 100 ? "%.1f" : "%.2f";
        String text = String.format(Locale.ROOT, format, value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }

    /** A ratio, always with three decimals. */
    static String ratio(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }
}
