package dev.carve.load;

/**
 * How text is shown.
 *
 * @param colour whether ANSI colours are used
 * @param unicode whether bars are drawn with block characters; else with {@code #}
 */
public record ReportStyle(boolean colour, boolean unicode) {

    /** Letters only, for files and pipes. */
    public static ReportStyle plain() {
        return new ReportStyle(false, false);
    }

    /** A terminal of today. */
    public static ReportStyle terminal() {
        return new ReportStyle(true, true);
    }

    enum Colour {
        BOLD("1"),
        DIM("2"),
        RED("31"),
        GREEN("32"),
        CYAN("36");

        private final String code;

        Colour(String code) {
            this.code = code;
        }
    }

    String paint(Colour as, String text) {
        return colour && !text.isEmpty() ? "\u001b[" + as.code + "m" + text + "\u001b[0m" : text;
    }

    /** A bar of at most so many columns, exact to an eighth where blocks can be drawn. */
    String bar(double share, int columns) {
        if (!unicode) {
            return "#".repeat((int) Math.round(share * columns));
        }
        int eighths = (int) Math.round(share * columns * 8);
        String whole = "█".repeat(eighths / 8);
        return eighths % 8 == 0 ? whole : whole + " ▏▎▍▌▋▊▉".charAt(eighths % 8);
    }
}
