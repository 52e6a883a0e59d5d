package dev.carve.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.app.demo.Board.View;
import java.util.List;
import org.junit.jupiter.api.Test;

class CarvingTest {

    private static final String WORSE =
            "waits for approval of 25%, 2 s, mismatches 100.000 % of 40 compared (limit 10%): worse,"
                    + " 99.9 % sure";

    private static View view(String stage, String share, String waits) {
        return new View(stage, share, waits, 40, 40, 0, List.of(), List.of());
    }

    @Test
    void refusalIsToldOnlyOfACarveThatWaitsForItsMismatches() {
        assertThat(Carving.refusesToShift(view("mirror", "0%", WORSE))).isTrue();
        assertThat(
                        Carving.refusesToShift(
                                view("mirror", "0%", WORSE.replace("worse", "not enough"))))
                .isFalse();
        assertThat(Carving.refusesToShift(view("mirror", "0%", "waits for approval of 25%")))
                .isFalse();
        assertThat(
                        Carving.refusesToShift(
                                view(
                                        "mirror",
                                        "0%",
                                        "waits for mismatches 1 % of 40 compared: same, 95 % sure,"
                                                + " errors 3.00 % new: worse, 99.9 % sure")))
                .isFalse();
        assertThat(Carving.refusesToShift(view("shift", "25%", WORSE))).isFalse();
        assertThat(Carving.refusesToShift(view("rolled_back", "0%", WORSE))).isFalse();
    }
}
