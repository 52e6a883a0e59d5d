package dev.carve.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One block of a file whose other blocks may be anything. */
class LoadBlockTest {

    private static Optional<Sample.Address> admin(String text, Map<String, String> environment) {
        return Sample.LOADER.loadBlock(Sample.ADMIN, Source.text("carve.yaml", text), environment);
    }

    @Test
    void mistakesElsewhereAreNotInTheWay() {
        String wrong =
                """
                admin: 127.0.0.1:9901
                services: { a: '${UNSET}' }
                routes: [{ match: /, to: nobody, unknown: 1 }]
                """;
        assertThat(admin(wrong, Map.of())).get().extracting("port").isEqualTo(9901);
    }

    @Test
    void environmentCounts() {
        assertThat(admin("admin: '${WHERE}'", Map.of("WHERE", "127.0.0.1:7")))
                .get()
                .extracting("port")
                .isEqualTo(7);
        assertThat(admin("admin: '127.0.0.1:6'", Map.of("CARVE_ADMIN", "127.0.0.1:8")))
                .get()
                .extracting("port")
                .isEqualTo(8);
    }

    @Test
    void mistakeInTheBlockOrTheFileIsNoValue() {
        assertThat(admin("admin: nonsense", Map.of())).isEmpty();
        assertThat(admin("admin: '${UNSET}'", Map.of())).isEmpty();
        assertThat(admin("admin: [", Map.of())).isEmpty();
        assertThat(
                        Sample.LOADER.loadBlock(
                                Sample.ADMIN, Source.file(Path.of("absent.yaml")), Map.of()))
                .isEmpty();
    }

    @Test
    void absentBlockIsItsDefault() {
        assertThat(admin("services: {}", Map.of())).isEmpty();
        assertThat(
                        Sample.LOADER.loadBlock(
                                Sample.SHUTDOWN, Source.text("carve.yaml", ""), Map.of()))
                .isPresent();
    }
}
