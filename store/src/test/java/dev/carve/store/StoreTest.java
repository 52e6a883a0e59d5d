package dev.carve.store;

import static dev.carve.store.OpenStore.BOUNDS;
import static dev.carve.store.OpenStore.NOTES;
import static dev.carve.store.OpenStore.adding;
import static dev.carve.store.OpenStore.failureOf;
import static dev.carve.store.OpenStore.kindOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.store.Health.State;
import dev.carve.store.StoreException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store does while nothing is wrong with its database. */
class StoreTest {

    private static final Duration SOON = Duration.ofMillis(20);

    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("carve.db");
    }

    private static StoreBounds waitingMax(int max) {
        return new StoreBounds(
                max,
                BOUNDS.batchMax(),
                BOUNDS.deadline(),
                BOUNDS.lockWait(),
                BOUNDS.retryFirst(),
                BOUNDS.retryMax());
    }

    @Test
    void whatWasCommittedIsThereAfterReopening() {
        try (OpenStore first = new OpenStore(file())) {
            first.add("one");
            first.add("two");
        }
        try (OpenStore second = new OpenStore(file())) {
            assertThat(second.notes()).containsExactly("one", "two");
        }
    }

    @Test
    void workSubmittedBeforeTheStoreIsOpenIsDone() {
        try (OpenStore open = new OpenStore(file())) {
            open.add("early");
            assertThat(open.store.opened().join().state()).isEqualTo(State.UP);
            assertThat(open.store.health().trouble()).isNull();
        }
    }

    @Test
    void everyTypeComesBackAsItWas() {
        try (OpenStore open = new OpenStore(file())) {
            byte[] bytes = {0, 1, -1, 0};
            List<Object> read =
                    open.store
                            .submit(session ->
                                    session.first(
                                                    "SELECT ? AS a, ? AS b, ? AS c, ? AS d, ? AS e, ? AS f",
                                                    row ->
                                                            List.<Object>of(
                                                                    row.text("a"),
                                                                    row.number("b"),
                                                                    row.smallNumber("c"),
                                                                    row.number("d"),
                                                                    row.bytes("e"),
                                                                    row.textOrNull("f") == null),
                                                    "zwölf \u0000 \uD83D\uDE00",
                                                    Long.MIN_VALUE,
                                                    -7,
                                                    true,
                                                    bytes,
                                                    null)
                                            .orElseThrow())
                            .join();
            assertThat(read)
                    .containsExactly(
                            "zwölf \u0000 \uD83D\uDE00", Long.MIN_VALUE, -7, 1L, bytes, true);
        }
    }

    @Test
    void commandsAreDoneInTheOrderOfTheirSubmission() {
        try (OpenStore open = new OpenStore(file())) {
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                open.store.submit(adding("note " + i));
                expected.add("note " + i);
            }
            assertThat(open.notes()).isEqualTo(expected);
        }
    }

    @Test
    void whatWaitsIsDoneInOneTransaction() {
        try (OpenStore open = new OpenStore(file())) {
            List<CompletableFuture<Integer>> all = new ArrayList<>();
            double before;
            try (OpenStore.Hold _ = open.hold()) {
                before = open.metrics().getOrDefault("carve_store_transactions_total", 0.0);
                for (int i = 0; i < BOUNDS.batchMax(); i++) {
                    all.add(open.store.submit(adding("note " + i)));
                }
            }
            all.forEach(CompletableFuture::join);
            // The held one and the batch.
            assertThat(open.metrics()).containsEntry("carve_store_transactions_total", before + 2);
        }
    }

    @Test
    void oneThatFailsTakesNoOtherOfItsBatchWithIt() {
        try (OpenStore open = new OpenStore(file())) {
            CompletableFuture<Integer> before;
            CompletableFuture<Integer> wrong;
            CompletableFuture<Integer> thrown;
            CompletableFuture<Integer> after;
            try (OpenStore.Hold _ = open.hold()) {
                before = open.store.submit(adding("before"));
                wrong =
                        open.store.submit(session -> {
                            session.update("INSERT INTO notes (text) VALUES ('half')");
                            return session.update("INSERT INTO nowhere VALUES (1)");
                        });
                thrown =
                        open.store.submit(session -> {
                            session.update("INSERT INTO notes (text) VALUES ('half')");
                            throw new IllegalStateException("of the feature");
                        });
                after = open.store.submit(adding("after"));
            }
            assertThat(before.join()).isEqualTo(1);
            assertThat(after.join()).isEqualTo(1);
            assertThat(failureOf(wrong))
                    .hasMessageContaining(file().toString())
                    .hasMessageContaining("no such table: nowhere")
                    .hasMessageContaining("INSERT INTO nowhere");
            assertThat(kindOf(wrong)).isEqualTo(Kind.REFUSED);
            assertThat(kindOf(thrown)).isEqualTo(Kind.REFUSED);
            assertThat(failureOf(thrown)).hasRootCauseMessage("of the feature");
            assertThat(open.notes()).containsExactly("before", "after");
            assertThat(open.store.health().state()).isEqualTo(State.UP);
        }
    }

    @Test
    void commandBeyondTheBoundIsRefusedAtOnce() {
        try (OpenStore open = new OpenStore(file(), waitingMax(2), NOTES)) {
            CompletableFuture<Integer> last;
            CompletableFuture<Integer> refused;
            try (OpenStore.Hold _ = open.hold()) {
                open.store.submit(adding("one"));
                last = open.store.submit(adding("two"));
                refused = open.store.submit(adding("three"));
                assertThat(refused).isCompletedExceptionally();
                assertThat(open.store.waiting()).isEqualTo(2);
            }
            assertThat(kindOf(refused)).isEqualTo(Kind.QUEUE_FULL);
            assertThat(last.join()).isEqualTo(1);
            assertThat(open.notes()).containsExactly("one", "two");
            assertThat(open.metrics()).containsEntry("carve_store_commands_totalqueue_full", 1.0);
        }
    }

    @Test
    void commandWhoseTimeIsOverFailsThoughTheStoreIsBusyAndIsNeverBegun() {
        try (OpenStore open = new OpenStore(file())) {
            AtomicBoolean begun = new AtomicBoolean();
            try (OpenStore.Hold _ = open.hold()) {
                CompletableFuture<Boolean> late =
                        open.store.submit(
                                _ -> {
                                    begun.set(true);
                                    return true;
                                },
                                SOON);
                assertThat(kindOf(late)).isEqualTo(Kind.DEADLINE);
                assertThat(failureOf(late)).hasMessageContaining("not done within 20ms");
            }
            assertThat(open.notes()).isEmpty();
            assertThat(begun).isFalse();
        }
    }

    @Test
    void statementWhoseTimeIsOverIsStopped() {
        try (OpenStore open = new OpenStore(file())) {
            AtomicBoolean begun = new AtomicBoolean();
            // On a slow machine the time may be over before the statement is reached.
            for (int attempt = 0; !begun.get(); attempt++) {
                CompletableFuture<Long> endless =
                        open.store.submit(
                                session -> {
                                    begun.set(true);
                                    return countForEver(session);
                                },
                                SOON.multipliedBy(1L << attempt));
                assertThat(kindOf(endless)).isEqualTo(Kind.DEADLINE);
            }
            CompletableFuture<Integer> behind = open.store.submit(adding("behind"));
            assertThat(behind.join()).isEqualTo(1);
            assertThat(open.notes()).containsExactly("behind");
        }
    }

    private static long countForEver(Session session) {
        return session.query(
                        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                                + " SELECT max(i) AS m FROM n",
                        row -> row.number("m"))
                .getFirst();
    }

    @Test
    void commandThatItsCallerCancelledIsNotBegun() {
        try (OpenStore open = new OpenStore(file())) {
            try (OpenStore.Hold _ = open.hold()) {
                assertThat(open.store.submit(adding("unwanted")).cancel(false)).isTrue();
                open.store.submit(adding("wanted"));
            }
            assertThat(open.notes()).containsExactly("wanted");
        }
    }

    @Test
    void closingDoesWhatWasAcceptedAndRefusesTheRest() {
        OpenStore open = new OpenStore(file());
        List<CompletableFuture<Integer>> accepted = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            accepted.add(open.store.submit(adding("note " + i)));
        }
        open.close();
        assertThat(accepted).allSatisfy(each -> assertThat(each.join()).isEqualTo(1));
        assertThat(kindOf(open.store.submit(adding("late")))).isEqualTo(Kind.CLOSED);
        assertThat(open.store.health().state()).isEqualTo(State.CLOSED);
        open.close();
        try (OpenStore again = new OpenStore(file())) {
            assertThat(again.notes()).hasSize(300);
        }
    }

    @Test
    void viewAndMetricsTellHowItStands() {
        try (OpenStore open = new OpenStore(file())) {
            open.add("one");
            assertThat(open.store.view().name()).isEqualTo("store");
            assertThat(open.store.view().content().read(Map.of()))
                    .asString()
                    .contains("address=" + file(), "state=up", "lastError=null", "waitingMax=1000");
            assertThat(open.metrics())
                    .containsEntry("carve_store_up", 1.0)
                    .containsEntry("carve_store_waiting_commands", 0.0)
                    .containsEntry("carve_store_commands_totaldone", 1.0);
        }
    }
}
