package dev.carve.app.terminal;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many columns and lines a terminal has. Java does not tell; {@code stty}, which every Unix
 * has, does.
 *
 * @param columns at least {@value #COLUMNS_MIN}
 * @param lines at least 2
 */
public record Width(int columns, int lines) {

    /** What a table must fit at least. */
    public static final int COLUMNS_MIN = 60;

    /** For files and pipes: nobody has to scroll, and names are worth having whole. */
    public static final Width UNBOUNDED = new Width(200, Integer.MAX_VALUE);

    private static final int COLUMNS_USUAL = 80;
    private static final int LINES_USUAL = 24;
    private static final int LINES_MIN = 2;
    private static final int ANSWER_MAX = 64;
    private static final long WAIT_SECONDS = 1;
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,4}) ([0-9]{1,4})\\s*");

    /** Of this process's terminal; of a place that is none, without end. */
    public static Width of(Look look, Map<String, String> environment) {
        return look.redraws() ? read(stty(), environment) : UNBOUNDED;
    }

    /** From what {@code stty size} told; where it told nothing, from {@code COLUMNS}. */
    static Width read(String told, Map<String, String> environment) {
        Matcher size = SIZE.matcher(told);
        int columns = 0;
        int lines = 0;
        if (size.matches()) {
            lines = Integer.parseInt(size.group(1));
            columns = Integer.parseInt(size.group(2));
        }
        if (columns == 0) {
            String named = environment.getOrDefault("COLUMNS", "");
            columns = named.matches("[0-9]{1,4}") ? Integer.parseInt(named) : COLUMNS_USUAL;
        }
        return new Width(
                Math.max(COLUMNS_MIN, columns),
                lines == 0 ? LINES_USUAL : Math.max(LINES_MIN, lines));
    }

    /** Empty if it can not be had. */
    private static String stty() {
        try {
            Process process =
                    new ProcessBuilder("stty", "size")
                            .redirectInput(new File("/dev/tty"))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "";
            }
            byte[] told = process.getInputStream().readNBytes(ANSWER_MAX);
            return new String(told, StandardCharsets.US_ASCII);
        } catch (IOException absent) {
            return "";
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
