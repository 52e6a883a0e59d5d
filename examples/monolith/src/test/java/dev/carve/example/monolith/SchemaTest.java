package dev.carve.example.monolith;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SchemaTest {

    @ParameterizedTest
    @EnumSource
    void expressMonolithMakesItsTableByTheSameScript(Database.Table table) throws IOException {
        String name = table.name().toLowerCase(Locale.ROOT) + ".sql";
        Path copy = NodeMonolithContractTest.FOLDER.resolve("schema").resolve(name);
        try (InputStream ours = Database.class.getResourceAsStream(name)) {
            assertThat(copy)
                    .as("must be a copy of the Java monolith's %s", name)
                    .hasBinaryContent(Objects.requireNonNull(ours).readAllBytes());
        }
    }
}
