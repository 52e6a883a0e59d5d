package dev.carve.app.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.app.terminal.Look;
import dev.carve.app.terminal.Paint;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Screen screen = new Screen(new PrintStream(bytes, true, UTF_8), Look.PLAIN);

    @Test
    void paragraphsAndTablesFitEightyColumns() {
        screen.paragraph("some words of a text ".repeat(30));
        Table.print(screen, List.of(Published.SMALL), Published.LARGE);

        assertThat(written().lines()).hasSizeGreaterThan(8).allMatch(line -> line.length() < 80);
    }

    @Test
    void whatCannotRedrawGetsPlainLinesWithoutEscapes() {
        screen.progress("starting", () -> "never drawn");
        screen.say(screen.paint(Paint.BOLD, "started") + screen.bar(0.5, 4));

        assertThat(written()).isEqualToNormalizingNewlines("  starting ...\nstarted##..\n");
    }

    @Test
    void closedScreenShowsNothingMore() {
        screen.close();
        screen.say("late");
        screen.paragraph("late");
        screen.finished();

        assertThat(written()).isEmpty();
    }

    private String written() {
        return bytes.toString(UTF_8);
    }
}
