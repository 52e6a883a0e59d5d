package dev.carve.carving.keep;

import static dev.carve.carving.keep.OpenKeep.ORDERS;
import static dev.carve.carving.keep.OpenKeep.USERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carve.carving.keep.KeepBounds.DifferenceBounds;
import dev.carve.carving.keep.KeepBounds.LedgerBounds;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoiseTest {

    private static final PathNoise A = new PathNoise("/a", 100, 3, 5_000_000_000L, 200, false);
    private static final PathNoise B = new PathNoise("/b", 100, 0, 50, 50, true);

    @TempDir private Path folder;

    @Test
    void lastCountsReplaceThoseBeforeAndSurviveARestart() {
        Path file = folder.resolve("carve.db");
        try (OpenKeep open = new OpenKeep(file)) {
            assertThat(open.keep.noise().of(USERS).join()).isEmpty();
            open.keep.noise().save(USERS, List.of(new PathNoise("/c", 1, 1, 1, 1, false), A));
            open.keep.noise().save(ORDERS, List.of(A));
            assertThat(open.keep.noise().save(USERS, List.of(B, A)).join()).isEqualTo(2);
        }
        try (OpenKeep open = new OpenKeep(file)) {
            assertThat(open.keep.noise().of(USERS).join()).containsExactly(A, B);
            assertThat(open.keep.noise().of(ORDERS).join()).containsExactly(A);
            assertThat(open.keep.noise().all().join())
                    .isEqualTo(Map.of(USERS, List.of(A, B), ORDERS, List.of(A)));
        }
    }

    @Test
    void beyondTheBoundTheFirstAreKept() {
        KeepBounds one = new KeepBounds(LedgerBounds.DEFAULT, DifferenceBounds.DEFAULT, 1);
        try (OpenKeep open = new OpenKeep(folder.resolve("carve.db"), one)) {
            assertThat(open.keep.noise().save(USERS, List.of(B, A)).join()).isEqualTo(1);
            assertThat(open.keep.noise().of(USERS).join()).containsExactly(B);
        }
    }

    @Test
    void impossibleCountsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PathNoise("/a", 1, 2, 0, 0, false))
                .withMessageContaining("noise at /a: 2 of 1");
    }
}
