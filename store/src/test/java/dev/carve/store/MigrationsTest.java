package dev.carve.store;

import static dev.carve.store.OpenStore.BOUNDS;
import static dev.carve.store.OpenStore.NOTES;
import static dev.carve.store.OpenStore.failureOf;
import static dev.carve.store.OpenStore.kindOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carve.store.Schema.Step;
import dev.carve.store.StoreException.Kind;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsTest {

    private static final Schema NOTES_AND_AUTHORS =
            new Schema(
                    "notes",
                    List.of(
                            NOTES.steps().getFirst(),
                            new Step(
                                    2,
                                    "ALTER TABLE notes ADD COLUMN author TEXT NOT NULL DEFAULT 'unknown'",
                                    "UPDATE notes SET author = 'first' WHERE id = 1")));

    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("carve.db");
    }

    private static List<String> authors(OpenStore open) {
        return open.store
                .submit(session ->
                        session.query(
                                "SELECT author FROM notes ORDER BY id", row -> row.text("author")))
                .join();
    }

    @Test
    void olderDatabaseIsBroughtForwardWithWhatItHolds() {
        try (OpenStore older = new OpenStore(file())) {
            older.add("one");
            older.add("two");
        }
        for (int i = 0; i < 2; i++) {
            try (OpenStore newer = new OpenStore(file(), BOUNDS, NOTES_AND_AUTHORS)) {
                assertThat(newer.notes()).containsExactly("one", "two");
                assertThat(authors(newer)).containsExactly("first", "unknown");
            }
        }
    }

    @Test
    void databaseOfANewerProgramIsRefusedAndLeftAlone() {
        try (OpenStore newer = new OpenStore(file(), BOUNDS, NOTES_AND_AUTHORS)) {
            newer.add("one");
        }
        try (OpenStore older = new OpenStore(file())) {
            assertThat(kindOf(older.store.opened())).isEqualTo(Kind.NEWER);
            assertThat(failureOf(older.store.opened()))
                    .hasMessageContaining(
                            "written by a newer Carve: notes is at step 2 (expected: at most 1)");
        }
        try (OpenStore newer = new OpenStore(file(), BOUNDS, NOTES_AND_AUTHORS)) {
            assertThat(newer.notes()).containsExactly("one");
        }
    }

    @Test
    void stepThatFailsLeavesNothingOfAnyFeature() {
        Schema wrong =
                new Schema(
                        "wrong",
                        List.of(
                                new Step(1, "CREATE TABLE wrong_a (x TEXT)"),
                                new Step(2, "CREATE TABLE wrong_b (x TEXT)", "CREATE NONSENSE")));
        try (OpenStore open = new OpenStore(file(), BOUNDS, NOTES, wrong)) {
            assertThat(failureOf(open.store.opened())).hasMessageContaining("CREATE NONSENSE");
        }
        try (OpenStore open = new OpenStore(file(), BOUNDS)) {
            assertThat(
                            open.store
                                    .submit(session ->
                                            session.query(
                                                    "SELECT name FROM sqlite_master WHERE type = 'table'",
                                                    row -> row.text("name")))
                                    .join())
                    .containsExactly("carve_steps");
        }
    }

    @Test
    void featureThatThisProgramDoesNotKnowIsLeftAlone() {
        try (OpenStore both =
                new OpenStore(
                        file(),
                        BOUNDS,
                        NOTES,
                        new Schema("jobs", List.of(new Step(1, "CREATE TABLE jobs (x TEXT)"))))) {
            both.add("one");
        }
        try (OpenStore one = new OpenStore(file())) {
            assertThat(one.notes()).containsExactly("one");
        }
    }

    @Test
    void wrongSchemasAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Schema("a", List.of(new Step(2, "x"))))
                .withMessage("schema a: step 2 (expected: 1)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Schema("A-b", List.of()))
                .withMessageContaining("schema \"A-b\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Migrations(List.of(NOTES, NOTES)))
                .withMessage("two schemas named notes");
    }
}
