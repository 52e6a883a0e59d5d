package dev.carve.app.demo;

import dev.carve.app.terminal.Look;
import dev.carve.app.terminal.Paint;
import java.io.PrintStream;
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
        return look.paint(as, text);
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
