package dev.carve.store;

import static dev.carve.store.OpenStore.BOUNDS;
import static dev.carve.store.OpenStore.NOTES;
import static dev.carve.store.OpenStore.adding;
import static dev.carve.store.OpenStore.failureOf;
import static dev.carve.store.OpenStore.kindOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.carve.store.Health.State;
import dev.carve.store.StoreException.Kind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store says and does while its database is locked, full, damaged, in use or gone. */
class StoreFaultTest {

    private static final Duration SOON = Duration.ofMillis(50);

    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("carve.db");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void lockOfAnotherProgramIsWaitedForAsLongAsAnybodyWaits() throws SQLException {
        try (OpenStore open = new OpenStore(file());
                Connection other = OpenStore.raw(file())) {
            open.add("before");
            execute(other, "BEGIN EXCLUSIVE");
            CompletableFuture<Integer> patient = open.store.submit(adding("patient"));
            open.awaitState(State.FAILING);
            CompletableFuture<Integer> hasty = open.store.submit(adding("hasty"), SOON);
            assertThat(kindOf(hasty)).isEqualTo(Kind.DEADLINE);
            assertThat(failureOf(hasty)).hasMessageContaining("locked by another process");
            assertThat(open.trouble()).isEqualTo(Kind.LOCKED);
            assertThat(patient).isNotDone();
            execute(other, "ROLLBACK");
            assertThat(patient.join()).isEqualTo(1);
            assertThat(open.store.health().state()).isEqualTo(State.UP);
            assertThat(open.notes()).containsExactly("before", "patient");
        }
    }

    @Test
    void storeThatIsLockedAtTheStartComesUpWhenTheLockIsGone() throws SQLException {
        try (OpenStore first = new OpenStore(file())) {
            first.add("kept");
        }
        try (Connection other = OpenStore.raw(file())) {
            execute(other, "BEGIN EXCLUSIVE");
            try (OpenStore open = new OpenStore(file())) {
                open.awaitState(State.DOWN);
                assertThat(open.trouble()).isEqualTo(Kind.LOCKED);
                CompletableFuture<Integer> refused = open.store.submit(adding("no"));
                assertThat(refused).isCompletedExceptionally();
                assertThat(kindOf(refused)).isEqualTo(Kind.LOCKED);
                execute(other, "ROLLBACK");
                open.awaitState(State.UP);
                assertThat(open.notes()).containsExactly("kept");
            }
        }
    }

    @Test
    void lockedStoreClosesWithoutWaitingForTheLock() throws SQLException {
        OpenStore open = new OpenStore(file());
        try (Connection other = OpenStore.raw(file())) {
            open.add("before");
            execute(other, "BEGIN EXCLUSIVE");
            CompletableFuture<Integer> stuck = open.store.submit(adding("stuck"));
            open.awaitState(State.FAILING);
            open.close();
            assertThat(kindOf(stuck)).isEqualTo(Kind.LOCKED);
        }
    }

    @Test
    void fullDiskFailsWhatDoesNotFitAndNothingElse() {
        try (OpenStore open = new OpenStore(file())) {
            open.add("before");
            long pages = pragma(open, "PRAGMA page_count");
            pragma(open, "PRAGMA max_page_count = " + (pages + 2));
            CompletableFuture<Integer> large;
            CompletableFuture<Integer> small;
            try (OpenStore.Hold _ = open.hold()) {
                large = open.store.submit(adding("x".repeat(100_000)));
                small = open.store.submit(adding("small"));
            }
            assertThat(kindOf(large)).isEqualTo(Kind.FULL);
            assertThat(failureOf(large)).hasMessageContaining("full");
            assertThat(small.join()).isEqualTo(1);
            assertThat(open.notes()).containsExactly("before", "small");

            assertThat(kindOf(open.store.submit(adding("y".repeat(100_000))))).isEqualTo(Kind.FULL);
            assertThat(open.notes()).hasSize(2);
            assertThat(open.store.health().state())
                    .as("reading does not prove that there is room")
                    .isEqualTo(State.FAILING);

            pragma(open, "PRAGMA max_page_count = 1000000");
            assertThat(open.store.submit(adding("z".repeat(100_000))).join()).isEqualTo(1);
            assertThat(open.store.health().state()).isEqualTo(State.UP);
            assertThat(open.trouble()).isEqualTo(Kind.FULL);
        }
    }

    private static long pragma(OpenStore open, String pragma) {
        return open.store
                .submit(session ->
                        session.query(
                                pragma,
                                row -> row.number(pragma.replaceAll("PRAGMA (\\w+).*", "$1"))))
                .join()
                .getFirst();
    }

    @Test
    void whereNothingCanBeSharedWithOtherProgramsTheStoreIsForItselfAlone() throws Exception {
        try (OpenStore open = new OpenStore(file())) {
            open.add("before");
        }
        // SQLite follows no link there, so that it can not make the file, as on a full disk.
        Files.createSymbolicLink(folder.resolve("carve.db-shm"), folder.resolve("elsewhere"));
        try (OpenStore open = new OpenStore(file())) {
            open.add("after");
            assertThat(open.notes()).containsExactly("before", "after");
        }
    }

    @Test
    void fileThatIsNoDatabaseIsRefusedAndLeftAlone() throws IOException {
        byte[] letter =
                "Dear Sir or Madam, ".repeat(500).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Files.write(file(), letter);
        try (OpenStore open = new OpenStore(file())) {
            assertThat(kindOf(open.store.opened())).isEqualTo(Kind.CORRUPT);
            open.awaitState(State.DOWN);
            assertThat(failureOf(open.store.submit(adding("no"))))
                    .hasMessageContaining(file().toString())
                    .hasMessageContaining("damaged, or not a SQLite database")
                    .hasMessageContaining("since");
            assertThat(Files.readAllBytes(file())).isEqualTo(letter);
            assertThat(open.metrics()).containsEntry("carve_store_up", 0.0);

            Files.delete(file());
            open.awaitState(State.UP);
            open.add("now");
        }
    }

    @Test
    void damagedPagesAreToldAsSuch() throws IOException {
        try (OpenStore open = new OpenStore(file())) {
            for (int i = 0; i < 40; i++) {
                open.store.submit(adding("x".repeat(1_000)));
            }
        }
        byte[] junk = new byte[4096];
        Arrays.fill(junk, (byte) 0xA5);
        try (RandomAccessFile pages = new RandomAccessFile(file().toFile(), "rw")) {
            long length = pages.length();
            // The tables of steps lie in the first pages.
            for (long at = 4 * 4096; at < length; at += 4096) {
                pages.seek(at);
                pages.write(junk);
            }
        }
        try (OpenStore open = new OpenStore(file())) {
            assertThat(kindOf(open.store.submit(OpenStore::all))).isEqualTo(Kind.CORRUPT);
        }
    }

    @Test
    void databaseOfAnotherProgramIsRefusedAndLeftAlone() throws SQLException {
        try (Connection other = OpenStore.raw(file())) {
            execute(other, "CREATE TABLE customers (name TEXT)");
        }
        try (OpenStore open = new OpenStore(file())) {
            assertThat(failureOf(open.store.opened()))
                    .hasMessageContaining("a database of another program");
            assertThat(kindOf(open.store.opened())).isEqualTo(Kind.FOREIGN);
        }
        try (Connection other = OpenStore.raw(file());
                Statement statement = other.createStatement();
                ResultSet mode = statement.executeQuery("PRAGMA journal_mode")) {
            assertThat(mode.getString(1)).isEqualTo("delete");
        }
    }

    @Test
    void databaseThatCanNotBeWrittenIsToldAndOpenedAgain() {
        try (OpenStore open = new OpenStore(file())) {
            open.add("before");
            pragmaSet(open, "PRAGMA query_only = 1");
            assertThat(kindOf(open.store.submit(adding("no")))).isEqualTo(Kind.READ_ONLY);
            open.awaitState(State.UP);
            open.add("after");
            assertThat(open.notes()).containsExactly("before", "after");
        }
    }

    private static void pragmaSet(OpenStore open, String pragma) {
        open.store
                .submit(session -> {
                    session.execute(pragma);
                    return true;
                })
                .join();
    }

    @Test
    void folderThatCanNotBeWrittenIsTold() throws IOException {
        Path shut = Files.createDirectory(folder.resolve("shut"));
        Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            assumeFalse(Files.isWritable(shut), "platform: this user may write everywhere");
            try (OpenStore open = new OpenStore(shut.resolve("carve.db"))) {
                assertThat(kindOf(open.store.opened())).isEqualTo(Kind.READ_ONLY);
                assertThat(failureOf(open.store.opened()))
                        .hasMessageContaining("no right to write");
            }
        } finally {
            Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void storeInAMissingFolderComesUpWhenTheFolderIsThere() throws IOException {
        Path missing = folder.resolve("missing");
        try (OpenStore open = new OpenStore(missing.resolve("carve.db"))) {
            assertThat(failureOf(open.store.opened()))
                    .hasMessageContaining("no folder " + missing)
                    .hasMessageContaining("expected: an existing folder");
            Files.createDirectory(missing);
            open.awaitState(State.UP);
            open.add("now");
        }
    }

    @Test
    void folderInPlaceOfAFileIsTold() throws IOException {
        Files.createDirectory(file());
        try (OpenStore open = new OpenStore(file())) {
            assertThat(failureOf(open.store.opened())).hasMessageContaining("is a folder");
        }
    }

    @Test
    void fileThatIsDeletedWhileOpenIsNoticedAndMadeAnew() throws IOException {
        try (OpenStore open = new OpenStore(file())) {
            open.add("lost");
            Files.delete(file());
            Files.deleteIfExists(folder.resolve("carve.db-wal"));
            Files.deleteIfExists(folder.resolve("carve.db-shm"));
            CompletableFuture<Integer> noticed = open.store.submit(adding("no"));
            assertThat(failureOf(noticed)).hasMessageContaining("deleted or replaced");
            assertThat(kindOf(noticed)).isEqualTo(Kind.UNREACHABLE);
            open.awaitState(State.UP);
            assertThat(open.notes()).isEmpty();
            open.add("new");
            assertThat(Files.exists(file())).isTrue();
        }
    }

    @Test
    void databaseThatAnotherStoreUsesIsRefusedUntilThatIsClosed() {
        OpenStore first = new OpenStore(file());
        first.add("of the first");
        try (OpenStore second = new OpenStore(file())) {
            assertThat(kindOf(second.store.opened())).isEqualTo(Kind.HELD);
            assertThat(failureOf(second.store.opened()))
                    .hasMessageContaining("in use by another running Carve");
            first.add("still there");
            first.close();
            second.awaitState(State.UP);
            assertThat(second.notes()).containsExactly("of the first", "still there");
        }
    }

    @Test
    void linkToADatabaseIsTheSameDatabase() throws IOException {
        try (OpenStore first = new OpenStore(file())) {
            first.add("one");
            Path link = Files.createSymbolicLink(folder.resolve("link.db"), file());
            try (OpenStore second = new OpenStore(link)) {
                assertThat(kindOf(second.store.opened())).isEqualTo(Kind.HELD);
            }
        }
    }

    @Test
    void queueOfAStoreThatGoesDownFailsAtOnce() {
        OpenStore open = new OpenStore(file(), BOUNDS, NOTES);
        CompletableFuture<Integer> behind;
        try (OpenStore.Hold _ = open.hold()) {
            open.store.submit(session -> {
                throw new StoreException(Kind.UNREACHABLE, "here", "disk I/O error");
            });
            // In a batch of its own, so that it waits in the queue when the connection is lost.
            for (int i = 0; i < BOUNDS.batchMax(); i++) {
                open.store.submit(adding("filler"));
            }
            behind = open.store.submit(adding("behind"));
        }
        assertThat(kindOf(behind)).isEqualTo(Kind.UNREACHABLE);
        open.awaitState(State.UP);
        assertThat(open.notes()).isEmpty();
        open.close();
    }
}
