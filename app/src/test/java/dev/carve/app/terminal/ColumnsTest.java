package dev.carve.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.app.terminal.Columns.Cell;
import dev.carve.app.terminal.Columns.Column;
import org.junit.jupiter.api.Test;

class ColumnsTest {

    private static final Look COLOURED = new Look(true, true, true);

    private static Columns table(String name) {
        return new Columns(
                        Column.text("name"),
                        Column.number("calls", 0),
                        Column.number("idle", 2),
                        Column.text("state"))
                .row(Cell.of(name), Cell.of("7"), Cell.of("1,200"), Cell.of("up", Paint.GREEN));
    }

    @Test
    void columnsAreAsWideAsWhatStandsInThem() {
        assertThat(table("users").lines(80, Look.PLAIN))
                .containsExactly("name   calls   idle  state", "users      7  1,200  up");
    }

    @Test
    void coloursTakeNoRoom() {
        assertThat(table("users").lines(80, COLOURED).getLast())
                .isEqualTo("users      7  1,200  \u001b[32mup\u001b[0m");
    }

    @Test
    void columnOfTheHighestRankGoesFirstThenTheNameIsCut() {
        String name = "a-name-that-is-quite-a-bit-too-long";
        assertThat(table(name).lines(44, Look.PLAIN).getFirst()).contains("idle");
        assertThat(table(name).lines(40, Look.PLAIN).getFirst()).doesNotContain("idle");
        assertThat(table(name).lines(40, Look.PLAIN))
                .allMatch(line -> line.length() <= 40)
                .last()
                .asString()
                .startsWith("a-name-that-is-quite-a-bi~")
                .endsWith("7  up");
    }

    @Test
    void whatCouldDisturbATerminalIsNotShown() {
        Columns table = table("a\u001b[2Jb\u202ec\n").note("x\u0007", Paint.PLAIN);
        assertThat(table.lines(80, Look.PLAIN)).hasSize(3);
        assertThat(String.join("", table.lines(80, Look.PLAIN)))
                .contains("a?[2Jb?c?")
                .contains("x?")
                .matches("\\P{Cc}*");
    }

    @Test
    void rowWithoutItsLastCellsEndsWithoutBlanks() {
        Columns table = table("users").row(Cell.of("b"), Cell.of(""), Cell.of("3"));
        assertThat(table.lines(80, Look.PLAIN).getLast()).isEqualTo("b                 3");
    }
}
