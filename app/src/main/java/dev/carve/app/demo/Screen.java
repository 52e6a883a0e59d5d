package dev.carve.app.demo;

import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the person sees: lines, and on a terminal below them one line that is redrawn while
 * something is in progress. Any thread; a closed screen shows nothing more, so that the end of the
 * process is not written over.
 */
final class Screen implements AutoCloseable {

    private static final String CLEAR = "\r\u001b[K";
    private static final int WIDTH = 78;
    private static final long TICK_MILLIS = 100;

    private final PrintStream out;
    private final Look look;
    private final ScheduledExecutorService ticker =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("carve-demo-ticker").factory());

    // Guarded by this.
    private @Nullable Supplier<String> live;
    private int ticks;
    private boolean closed;

    /**
     * What the place that is written to can do.
     *
     * @param redraws whether a line can be written over
     * @param colour whether colours may be used
     * @param unicode whether it shows more than ASCII
     */
    record Look(boolean redraws, boolean colour, boolean unicode) {

        /** Finds out; {@code NO_COLOR} and {@code TERM=dumb} are heeded. */
        @SuppressWarnings("SystemConsoleNull") // since JDK 25 it is null again
        static Look of(PrintStream out, Map<String, String> environment) {
            Console console = System.console();
            boolean terminal =
                    console != null
                            && console.isTerminal()
                            && !environment.getOrDefault("TERM", "dumb").equals("dumb");
            boolean colour = terminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
            return new Look(terminal, colour, out.charset().equals(StandardCharsets.UTF_8));
        }
    }

    /** How words stand out. */
    enum Paint {
        BOLD("1"),
        DIM("2"),
        RED("31"),
        GREEN("32"),
        CYAN("36");

        private final String code;

        Paint(String code) {
            this.code = code;
        }
    }

    Screen(PrintStream out, Look look) {
        this.out = out;
        this.look = look;
        if (look.redraws()) {
            var _ =
                    ticker.scheduleAtFixedRate(
                            this::draw, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** The text in a colour, where there are colours. */
    String paint(Paint as, String text) {
        return look.colour() ? "\u001b[" + as.code + "m" + text + "\u001b[0m" : text;
    }

    /** A bar of so many columns, filled to a share of 0 to 1. */
    String bar(double share, int columns) {
        int full = (int) Math.round(Math.clamp(share, 0, 1) * columns);
        return look.unicode()
                ? paint(Paint.CYAN, "━".repeat(full)) + paint(Paint.DIM, "─".repeat(columns - full))
                : "#".repeat(full) + ".".repeat(columns - full);
    }

    /** Writes a paragraph, broken into lines that fit the narrowest terminal. */
    void paragraph(String text) {
        StringBuilder line = new StringBuilder();
        for (String word : text.strip().split("\\s+", -1)) {
            if (line.length() + word.length() >= WIDTH) {
                say(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        say(line.toString());
    }

    /** Writes lines that stay. */
    synchronized void say(String text) {
        if (closed) {
            return;
        }
        if (look.redraws()) {
            out.print(CLEAR);
        }
        out.println(text);
        out.flush();
    }

    /**
     * Shows what is in progress until {@link #finished}.
     *
     * @param plain said once where no line can be redrawn
     * @param line asked for each time it is drawn
     */
    synchronized void progress(String plain, Supplier<String> line) {
        live = line;
        if (look.redraws()) {
            draw();
        } else {
            say("  " + plain + (look.unicode() ? " …" : " ..."));
        }
    }

    /** Takes the line away. */
    synchronized void finished() {
        live = null;
        if (look.redraws() && !closed) {
            out.print(CLEAR);
            out.flush();
        }
    }

    private synchronized void draw() {
        Supplier<String> line = live;
        if (line == null || closed) {
            return;
        }
        String turning = look.unicode() ? "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏" : "-\\|/";
        String tick = turning.substring(ticks % turning.length(), ticks % turning.length() + 1);
        ticks++;
        out.print(CLEAR + paint(Paint.CYAN, tick) + " " + line.get());
        out.flush();
    }

    @Override
    public synchronized void close() {
        finished();
        closed = true;
        ticker.shutdownNow();
    }
}
