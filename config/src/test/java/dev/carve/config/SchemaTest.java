package dev.carve.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Mistakes of the modules that declare configuration, and what only they use. */
class SchemaTest {

    record WrongDefault(@Default("fast") int speed) {}

    record WrongType(AtomicInteger counter) {}

    record TwoShorts(@Short String a, @Short String b) {}

    record SameKey(@Key("x") String a, @Key("x") String b) {}

    record NoPlace(String a) {}

    record Tree(String name, @Default("[]") List<Tree> children) {}

    @Open
    interface Step {}

    @Key("walk")
    @Short
    record Walk(@Short int metres) implements Step {}

    @Key("jump")
    record Jump(@Short int times) implements Step {}

    record Plan(@Inline Optional<Step> step, @Default("1") int rounds) {}

    private static Loaded load(Schema schema, String text) {
        LoadResult result = Loader.of(schema).load(Source.text("carve.yaml", text));
        assertThat(result).isInstanceOf(Loaded.class);
        return (Loaded) result;
    }

    @Test
    void defaultThatDoesNotFitIsFound() {
        Schema schema = Schema.of(Block.of("x", WrongDefault.class));

        assertThatThrownBy(schema::requireDefaults)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("speed: \"fast\" is not a whole number");
    }

    @Test
    void declarationsThatCannotBeAreRefused() {
        for (Class<?> type : List.of(WrongType.class, TwoShorts.class, SameKey.class)) {
            assertThatThrownBy(() -> Schema.of(Block.of("x", type)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        Block<NoPlace> block = Block.of("x", NoPlace.class);
        assertThatThrownBy(() -> Schema.of(block, block)).hasMessageContaining("repeats x");
        assertThatThrownBy(() -> Schema.of(block, Block.of("y", String.class).in(NoPlace.class)))
                .hasMessageContaining("has no Extensions component");
        assertThatThrownBy(() -> Schema.of(block, new Alternative<>(Step.class, Jump.class)))
                .hasMessageContaining("is not used");
    }

    @Test
    void recordMayContainItself() {
        Block<Tree> block = Block.of("tree", Tree.class);
        Schema schema = Schema.of(block);
        String text = "tree: { name: a, children: [ { name: b, children: { name: c } } ] }";

        assertThat(load(schema, text).find(block))
                .contains(new Tree("a", List.of(new Tree("b", List.of(new Tree("c", List.of()))))));
        assertThat(JsonSchema.of(schema)).contains("\"$ref\": \"#/$defs/Tree\"");
        assertThat(Reference.markdown(schema)).containsOnlyOnce("\n## tree\n");
        schema.requireDefaults();
    }

    @Test
    void openChoiceTakesAlternativesOfOtherModules() {
        Block<Map<String, Plan>> plans = Block.mapOf("plans", Plan.class);
        Schema schema =
                Schema.of(
                        plans,
                        new Alternative<>(Step.class, Walk.class),
                        new Alternative<>(Step.class, Jump.class));

        assertThat(
                        load(schema, "plans: { a: { walk: 5 }, b: { jump: 2, rounds: 3 }, c: {} }")
                                .value(plans))
                .isEqualTo(
                        Map.of(
                                "a", new Plan(Optional.of(new Walk(5)), 1),
                                "b", new Plan(Optional.of(new Jump(2)), 3),
                                "c", new Plan(Optional.empty(), 1)));
    }

    @Test
    void scalarBlocksMapsOfScalarsAndMissingBlocks() {
        Block<String> store = Block.of("store", String.class).orElse("carve.db");
        Block<Map<String, Integer>> limits = Block.mapOf("limits", Integer.class);
        Block<String> needed = Block.of("needed", String.class).required();
        Schema schema = Schema.of(store, limits, needed);
        Loaded loaded = load(schema, "needed: x\nlimits: { a: 1 }");

        assertThat(loaded.value(store)).isEqualTo("carve.db");
        assertThat(loaded.value(limits)).containsExactly(Map.entry("a", 1));
        assertThat(Loader.of(schema).load(Source.text("carve.yaml", "")).toString())
                .contains("missing key \"needed\"");
    }

    @Test
    void valuesCannotBeChanged() {
        Loaded loaded = LoaderTest.load(LoaderTest.FILE);

        assertThatThrownBy(() -> loaded.value(Sample.ROUTES).clear())
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> loaded.value(Sample.SERVICES).clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void checkThatQuotesASecretDoesNotShowIt() {
        Check careless =
                (loaded, diagnostics) ->
                        diagnostics.error(
                                "listen[0].tls.nowhere",
                                "bad key " + loaded.value(Sample.LISTEN).getFirst().tls());
        LoadResult result =
                Loader.of(Sample.SCHEMA)
                        .withChecks(List.of(careless))
                        .load(
                                Source.text(
                                        "carve.yaml",
                                        "listen:\n  address: 1\n  tls: { certificate: c, key: hunter2 }"));

        assertThat(result.toString())
                .contains("carve.yaml:3:8: listen[0].tls.nowhere: bad key ")
                .contains("<secret>")
                .doesNotContain("hunter2");
    }

    @Test
    void pathsReadBackAsTheyAreWritten() {
        for (String key : List.of("a", "a.b", "a[0]", "a\"b", "a\\b", "a\"]", "", " ", "é", "\\")) {
            KeyPath path = KeyPath.of("x").key(key).index(3).key("y");
            assertThat(KeyPath.parse(path.toString())).isEqualTo(path);
        }
        assertThat(KeyPath.of("services").key("users").key("urls").index(0))
                .hasToString("services.users.urls[0]");
    }
}
