package dev.carve.app.terminal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A table that fits a width: columns are as wide as what stands in them, and those without anything
 * are not there; if that is too much, those that matter least are left out, then the first one is
 * cut. Confined to one thread.
 */
public final class Columns {

    private static final int GAP = 2;

    /** The first column is not cut to less, whatever has to go for it. */
    private static final int FIRST_MIN = 22;

    private static final Pattern HARMFUL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private final List<Column> columns;
    private final List<Line> lines = new ArrayList<>();

    /**
     * One column.
     *
     * @param title over it
     * @param right whether it holds numbers
     * @param rank 0 for one that is never left out; the higher, the sooner it is
     */
    public record Column(String title, boolean right, int rank) {

        /** Words that are always there. */
        public static Column text(String title) {
            return new Column(title, false, 0);
        }

        /** Numbers. */
        public static Column number(String title, int rank) {
            return new Column(title, true, rank);
        }
    }

    /** A cell and how it stands out. */
    public record Cell(String text, Paint paint) {

        public Cell {
            text = harmless(text);
        }

        public static Cell of(String text) {
            return new Cell(text, Paint.PLAIN);
        }

        public static Cell of(String text, Paint paint) {
            return new Cell(text, paint);
        }
    }

    private sealed interface Line {}

    private record Row(List<Cell> cells) implements Line {}

    private record Note(String text, Paint paint) implements Line {}

    public Columns(Column... columns) {
        this.columns = List.of(columns);
    }

    /** A row; cells that are missing at its end are empty. */
    public Columns row(Cell... cells) {
        lines.add(new Row(List.of(cells)));
        return this;
    }

    /** A line of its own between two rows, cut where the width ends. */
    public Columns note(String text, Paint paint) {
        lines.add(new Note(harmless(text), paint));
        return this;
    }

    /** Lines with titles, none longer than the width. */
    public List<String> lines(int width, Look look) {
        int[] wide = widths();
        boolean[] shown = choose(wide, width);
        List<String> out = new ArrayList<>();
        List<Cell> titles = columns.stream().map(each -> Cell.of(each.title(), Paint.DIM)).toList();
        out.add(line(titles, wide, shown, look));
        for (Line each : lines) {
            out.add(
                    switch (each) {
                        case Row(List<Cell> cells) -> line(cells, wide, shown, look);
                        case Note(String text, Paint paint) ->
                                look.paint(paint, cut(text, width, look));
                    });
        }
        return out;
    }

    private int[] widths() {
        int[] wide = new int[columns.size()];
        Arrays.setAll(wide, i -> length(columns.get(i).title()));
        for (Line each : lines) {
            if (each instanceof Row(List<Cell> cells)) {
                for (int i = 0; i < cells.size(); i++) {
                    wide[i] = Math.max(wide[i], length(cells.get(i).text()));
                }
            }
        }
        return wide;
    }

    /** Leaves columns out until the rest fits, and makes the first as narrow as it must be. */
    private boolean[] choose(int[] wide, int width) {
        boolean[] shown = filled(wide.length);
        int first = Math.min(wide[0], FIRST_MIN);
        while (others(wide, shown) + first > width) {
            int least = least(shown);
            if (least < 0) {
                break;
            }
            shown[least] = false;
        }
        wide[0] = Math.max(1, Math.min(wide[0], width - others(wide, shown)));
        return shown;
    }

    /** Those that anything stands in; all of a table without rows. */
    private boolean[] filled(int count) {
        boolean[] filled = new boolean[count];
        boolean rows = false;
        for (Line each : lines) {
            if (each instanceof Row(List<Cell> cells)) {
                rows = true;
                for (int i = 0; i < cells.size(); i++) {
                    filled[i] |= !cells.get(i).text().isEmpty();
                }
            }
        }
        if (!rows) {
            Arrays.fill(filled, true);
        }
        filled[0] = true;
        return filled;
    }

    private static int others(int[] wide, boolean[] shown) {
        int sum = 0;
        for (int i = 1; i < wide.length; i++) {
            sum += shown[i] ? wide[i] + GAP : 0;
        }
        return sum;
    }

    private int least(boolean[] shown) {
        int least = -1;
        for (int i = 1; i < shown.length; i++) {
            int rank = columns.get(i).rank();
            if (shown[i] && rank > 0 && (least < 0 || rank > columns.get(least).rank())) {
                least = i;
            }
        }
        return least;
    }

    private String line(List<Cell> cells, int[] wide, boolean[] shown, Look look) {
        StringBuilder out = new StringBuilder();
        int owed = 0;
        for (int i = 0; i < columns.size(); i++) {
            if (!shown[i]) {
                continue;
            }
            Cell cell = i < cells.size() ? cells.get(i) : Cell.of("");
            String text = cut(cell.text(), wide[i], look);
            int room = wide[i] - length(text);
            boolean right = columns.get(i).right();
            // Blanks are paid when something follows, so that no line ends in them.
            owed += (i == 0 ? 0 : GAP) + (right ? room : 0);
            if (!text.isEmpty()) {
                out.repeat(' ', owed).append(look.paint(cell.paint(), text));
                owed = 0;
            }
            owed += right ? 0 : room;
        }
        return out.toString();
    }

    /** At most so long; the end shows that something is missing. */
    public static String cut(String text, int width, Look look) {
        if (length(text) <= width) {
            return text;
        }
        String end = look.unicode() ? "…" : "~";
        int keep = text.offsetByCodePoints(0, Math.max(0, width - 1));
        return text.substring(0, keep) + end;
    }

    /** Names and reasons come from elsewhere: what could disturb a terminal is not shown. */
    public static String harmless(String text) {
        return HARMFUL.matcher(text).replaceAll("?");
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
