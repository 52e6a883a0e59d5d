package dev.carve.carving.keep;

import static dev.carve.carving.keep.OpenKeep.ORDERS;
import static dev.carve.carving.keep.OpenKeep.USERS;
import static dev.carve.carving.keep.OpenKeep.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.carving.keep.KeepBounds.DifferenceBounds;
import dev.carve.carving.keep.KeepBounds.LedgerBounds;
import dev.carve.store.Health.State;
import dev.carve.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {

    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("carve.db");
    }

    private static KeepBounds bounds(int routeMax, int totalMax, Duration age, int pendingMax) {
        return new KeepBounds(
                new LedgerBounds(routeMax, totalMax, age, pendingMax),
                DifferenceBounds.DEFAULT,
                100);
    }

    /** Those numbers' entries, as given. */
    private static List<LedgerEntry> entries(CarveKey carve, IntStream numbers) {
        return numbers.mapToObj(number -> entry(carve, number)).toList();
    }

    private static IntStream down(int from, int to) {
        return IntStream.iterate(from, i -> i >= to, i -> i - 1);
    }

    private static void awaitWritten(OpenKeep open) {
        Await.until("the ledger to be written", () -> open.keep.ledger().pending() == 0);
    }

    @Test
    void changesAreThereAfterARestartTheNewestFirst() {
        try (OpenKeep open = new OpenKeep(file())) {
            for (int i = 1; i <= 250; i++) {
                open.keep.ledger().append(entry(USERS, i));
                open.keep.ledger().append(entry(ORDERS, i));
            }
            awaitWritten(open);
        }
        try (OpenKeep open = new OpenKeep(file())) {
            assertThat(open.keep.ledger().latest("users", 3).join())
                    .isEqualTo(entries(USERS, down(250, 248)));
            assertThat(open.keep.ledger().latest("orders", 1_000).join())
                    .isEqualTo(entries(ORDERS, down(250, 1)));
            assertThat(open.keep.ledger().latest("nobody", 3).join()).isEmpty();
        }
    }

    @Test
    void changesWhileTheStoreIsUnreachableAreWrittenLaterInOrderWithTheirOwnTime()
            throws Exception {
        Path missing = folder.resolve("missing");
        try (OpenKeep open = new OpenKeep(missing.resolve("carve.db"))) {
            open.awaitState(State.DOWN);
            for (int i = 1; i <= 230; i++) {
                open.keep.ledger().append(entry(USERS, i));
            }
            assertThat(open.keep.ledger().pending()).isEqualTo(230);
            assertThat(open.keep.ledger().pending("users")).isEqualTo(entries(USERS, down(230, 1)));
            assertThat(open.metrics()).containsEntry("carve_ledger_pending_entries", 230.0);
            assertThat(open.keep.ledger().latest("users", 3)).isCompletedExceptionally();

            Files.createDirectory(missing);
            open.awaitState(State.UP);
            open.clock.advance(Duration.ofHours(1));
            open.keep.ledger().flush();
            awaitWritten(open);
            assertThat(open.keep.ledger().latest("users", 1_000).join())
                    .isEqualTo(entries(USERS, down(230, 1)));
            assertThat(open.count("carving_ledger")).isEqualTo(230);
        }
    }

    @Test
    void changesThatStillWaitAreShownWithTheOthersOnce() {
        try (OpenKeep open = new OpenKeep(file())) {
            open.keep.ledger().append(entry(USERS, 1));
            awaitWritten(open);
            try (OpenKeep.Hold _ = open.hold()) {
                open.keep.ledger().append(entry(USERS, 2));
                open.keep.ledger().append(entry(USERS, 3));
                var latest = open.keep.ledger().latest("users", 10);
                assertThat(latest).isNotDone();
                assertThat(open.keep.ledger().pending("users"))
                        .isEqualTo(entries(USERS, down(3, 2)));
                open.keep.ledger().append(entry(ORDERS, 4));
            }
            assertThat(open.keep.ledger().latest("users", 10).join())
                    .isEqualTo(entries(USERS, down(3, 1)));
        }
    }

    @Test
    void beyondTheBoundTheOldestThatWaitsIsDroppedAndCounted() throws Exception {
        Path missing = folder.resolve("missing");
        KeepBounds bounds = bounds(100, 100, Duration.ofDays(1), 3);
        try (OpenKeep open = new OpenKeep(missing.resolve("carve.db"), bounds)) {
            open.awaitState(State.DOWN);
            for (int i = 1; i <= 5; i++) {
                open.keep.ledger().append(entry(USERS, i));
            }
            assertThat(open.metrics()).containsEntry("carve_ledger_dropped_total", 2.0);
            Files.createDirectory(missing);
            open.awaitState(State.UP);
            open.keep.ledger().flush();
            awaitWritten(open);
            assertThat(open.keep.ledger().latest("users", 10).join())
                    .isEqualTo(entries(USERS, down(5, 3)));
        }
    }

    /**
     * The entry is written in one transaction with work that outlasts the entry's deadline, so that
     * the ledger is told of a failure. Where the machine is so slow that the deadline passes before
     * that, the entry was not written, and must be written once all the same.
     */
    @Test
    void entryWhoseOutcomeWasNotLearntIsWrittenAgainAndNotTwice() {
        try (OpenKeep open = new OpenKeep(file(), KeepBounds.DEFAULT, Duration.ofMillis(200))) {
            open.store.opened().join();
            OpenKeep.Hold before = open.hold();
            open.keep.ledger().append(entry(USERS, 1));
            try (OpenKeep.Hold _ = open.holdBehind(before)) {
                Await.until(
                        "the entry's deadline",
                        () ->
                                open.keep.ledger().pending() == 1
                                        && open.metrics()
                                                        .getOrDefault(
                                                                "carve_store_commands_totaldeadline",
                                                                0.0)
                                                >= 1);
            }
            Await.until(
                    "the ledger to be written",
                    () -> {
                        open.keep.ledger().flush();
                        return open.keep.ledger().pending() == 0;
                    });
            assertThat(open.count("carving_ledger")).isEqualTo(1);
            assertThat(open.metrics()).containsEntry("carve_ledger_dropped_total", 0.0);
        }
    }

    @Test
    void entryThatTheDatabaseRefusesKeepsNoOtherBack() {
        try (OpenKeep open = new OpenKeep(file())) {
            open.store
                    .submit(session ->
                            session.update(
                                    "CREATE TRIGGER no BEFORE INSERT ON carving_ledger WHEN new.figures = '{\"n\":2}'"
                                            + " BEGIN SELECT raise(ABORT, 'no'); END"))
                    .join();
            try (OpenKeep.Hold _ = open.hold()) {
                for (int i = 1; i <= 4; i++) {
                    open.keep.ledger().append(entry(USERS, i));
                }
            }
            awaitWritten(open);
            assertThat(open.keep.ledger().latest("users", 10).join())
                    .isEqualTo(List.of(entry(USERS, 4), entry(USERS, 3), entry(USERS, 1)));
            assertThat(open.metrics()).containsEntry("carve_ledger_dropped_total", 1.0);
        }
    }

    @Test
    void oldestOfARouteGoFirstAndThenTheOldestOfAll() {
        try (OpenKeep open = new OpenKeep(file(), bounds(3, 5, Duration.ofDays(1), 1_000))) {
            for (int i = 1; i <= 7; i++) {
                open.keep.ledger().append(entry(USERS, i));
            }
            awaitWritten(open);
            assertThat(open.keep.ledger().latest("users", 10).join())
                    .isEqualTo(entries(USERS, down(7, 5)));
            for (int i = 8; i <= 11; i++) {
                open.keep.ledger().append(entry(ORDERS, i));
            }
            awaitWritten(open);
            assertThat(open.keep.ledger().latest("orders", 10).join())
                    .isEqualTo(entries(ORDERS, down(11, 9)));
            assertThat(open.keep.ledger().latest("users", 10).join())
                    .isEqualTo(entries(USERS, down(7, 6)));
        }
    }

    @Test
    void changesOlderThanTheirAgeAreDeleted() {
        try (OpenKeep open = new OpenKeep(file(), bounds(100, 100, Duration.ofHours(1), 1_000))) {
            open.keep.ledger().append(entry(USERS, 0));
            awaitWritten(open);
            assertThat(open.count("carving_ledger")).isEqualTo(1);
            open.clock.advance(Duration.ofHours(2));
            int recent = (int) Duration.ofMinutes(90).toMillis();
            open.keep.ledger().append(entry(ORDERS, recent));
            awaitWritten(open);
            assertThat(open.keep.ledger().latest("users", 10).join()).isEmpty();
            assertThat(open.keep.ledger().latest("orders", 10).join()).hasSize(1);
        }
    }

    @Test
    void figuresThatAreTooLongAreReplacedByAWholeObject() {
        LedgerEntry entry =
                new LedgerEntry(
                        USERS,
                        OpenKeep.THEN,
                        "x".repeat(5_000),
                        "a",
                        "b",
                        "c",
                        "{\"a\":\"" + "x".repeat(20_000) + "\"}");
        assertThat(entry.figures()).isEqualTo("{\"omitted_characters\":20008}");
        assertThat(entry.by()).hasSize(2_000);
    }
}
