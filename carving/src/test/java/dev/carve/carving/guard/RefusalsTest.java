package dev.carve.carving.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusalsTest {

    private final Refusals refusals = new Refusals();

    @Test
    void threeInARowRollBack() {
        assertThat(refusals.refused(Side.NEW)).isFalse();
        assertThat(refusals.refused(Side.NEW)).isFalse();
        assertThat(refusals.refused(Side.NEW)).isTrue();
        assertThat(refusals.refused(Side.NEW)).isTrue();
    }

    @Test
    void anAcceptedConnectionEndsTheRow() {
        refusals.refused(Side.NEW);
        refusals.refused(Side.NEW);
        refusals.accepted(Side.NEW);
        assertThat(refusals.refused(Side.NEW)).isFalse();
    }

    @Test
    void nothingWhileTheOldSideRefusesToo() {
        refusals.refused(Side.OLD);
        for (int i = 0; i < 10; i++) {
            assertThat(refusals.refused(Side.NEW)).isFalse();
        }
        refusals.accepted(Side.OLD);
        assertThat(refusals.refused(Side.NEW)).isTrue();
    }

    @Test
    void oldSideRefusingNeverRollsBack() {
        for (int i = 0; i < 10; i++) {
            assertThat(refusals.refused(Side.OLD)).isFalse();
        }
    }

    @Test
    void shiftBeginsWithNoRefusals() {
        refusals.refused(Side.NEW);
        refusals.refused(Side.NEW);
        refusals.begin();
        assertThat(refusals.refused(Side.NEW)).isFalse();
    }
}
