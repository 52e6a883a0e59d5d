package dev.carve.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class SchemaTextTest {

    private static final Path TEXTS = Path.of("src/test/resources/texts");

    @Test
    void jsonSchemaOfTheSample() throws IOException {
        assertSame(JsonSchema.of(Sample.SCHEMA), "schema.json");
    }

    @Test
    void referencePageOfTheSample() throws IOException {
        assertSame(Reference.markdown(Sample.SCHEMA), "reference.md");
    }

    @Test
    void everySettingIsInSchemaAndReference() {
        String json = JsonSchema.of(Sample.SCHEMA);
        String page = Reference.markdown(Sample.SCHEMA);
        for (String key :
                List.of("listen", "connect", "redirect", "permanent", "carve", "mirror")) {
            assertThat(json).contains("\"" + key + "\": {");
            assertThat(page).contains("| `" + key + "` |");
        }
    }

    @Test
    void everyReferenceOfTheJsonSchemaIsDefined() {
        // JSON is YAML, so the engine's own parser reads it.
        Object root =
                new Load(LoadSettings.builder().build())
                        .loadFromString(JsonSchema.of(Sample.SCHEMA));
        Object definitions = Objects.requireNonNull(((Map<?, ?>) root).get("$defs"));
        assertReferences(root, ((Map<?, ?>) definitions).keySet());
    }

    private static void assertReferences(Object node, java.util.Set<?> defined) {
        if (node instanceof Map<?, ?> map) {
            if (map.get("$ref") instanceof String reference) {
                assertThat(defined.contains(reference.replace("#/$defs/", ""))).isTrue();
            }
            map.values().forEach(each -> assertReferences(each, defined));
        } else if (node instanceof List<?> list) {
            list.forEach(each -> assertReferences(each, defined));
        }
    }

    private static void assertSame(String text, String file) throws IOException {
        if (Boolean.getBoolean("carve.cases.write")) {
            Files.createDirectories(TEXTS);
            Files.writeString(TEXTS.resolve(file), text);
        }
        assertThat(text).isEqualTo(Files.readString(TEXTS.resolve(file)));
    }
}
