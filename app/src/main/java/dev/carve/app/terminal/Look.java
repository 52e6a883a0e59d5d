package dev.carve.app.terminal;

import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What the place that is written to can do.
 *
 * @param redraws whether what was written can be written over
 * @param colour whether colours may be used
 * @param unicode whether it shows more than ASCII
 */
public record Look(boolean redraws, boolean colour, boolean unicode) {

    /** A file or a pipe. */
    public static final Look PLAIN = new Look(false, false, false);

    /** Finds out; {@code NO_COLOR} (no-color.org) and {@code TERM=dumb} are heeded. */
    @SuppressWarnings("SystemConsoleNull") // since JDK 25 it is null again
    public static Look of(PrintStream out, Map<String, String> environment) {
        Console console = System.console();
        return of(console != null && console.isTerminal(), out, environment);
    }

    static Look of(boolean interactive, PrintStream out, Map<String, String> environment) {
        String kind = environment.getOrDefault("TERM", "");
        boolean terminal = interactive && !kind.isEmpty() && !kind.equals("dumb");
        boolean colour = terminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Look(terminal, colour, out.charset().equals(StandardCharsets.UTF_8));
    }

    /** The same without colours. */
    public Look withoutColour() {
        return new Look(redraws, false, unicode);
    }

    /** The text in a colour, where there are colours. */
    public String paint(Paint as, String text) {
        return colour ? as.on(text) : text;
    }
}
