package dev.carve.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreUrlTest {

    private static final Path FOLDER = Path.of("/etc/carve");

    @ParameterizedTest
    @CsvSource({
        "carve.db, /etc/carve/carve.db",
        "data/../carve.db, /etc/carve/carve.db",
        "/var/carve.db, /var/carve.db",
        "sqlite:carve.db, /etc/carve/carve.db",
        "sqlite:/var/carve.db, /var/carve.db",
        "sqlite:///var/carve.db, /var/carve.db",
    })
    void pathsAreFiles(String text, Path expected) {
        assertThat(StoreUrl.parse(text, FOLDER))
                .isEqualTo(new StoreUrl.SqliteFile(expected))
                .hasToString(expected.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "'', no path",
        "sqlite:, no path",
        "mysql://db/carve, unknown kind of store \"mysql\"",
        "postgres://db/carve, PostgreSQL is not supported by this version",
        "postgresql://db/carve, PostgreSQL is not supported by this version",
        "carve.db?mode=ro, a path with \"?\"",
    })
    void whatCanNotBeUsedIsRefusedWithTheReason(String text, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StoreUrl.parse(text, FOLDER))
                .withMessage("store \"%s\": %s (expected: %s)", text, reason, StoreUrl.EXPECTED);
    }

    @Test
    void passwordIsNotTold() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StoreUrl.parse("postgres://carve:s3:cr@et@db/carve", FOLDER))
                .withMessageContaining("postgres://carve:***@db/carve")
                .withMessageNotContaining("s3");
    }
}
