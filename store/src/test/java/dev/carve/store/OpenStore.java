package dev.carve.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.runtime.Clock;
import dev.carve.runtime.metrics.Distribution;
import dev.carve.runtime.metrics.Metric;
import dev.carve.runtime.metrics.MetricSink;
import dev.carve.testkit.Await;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteDataSource;

/** A store under test: with a table of notes, short pauses, and deadlines that no test reaches. */
final class OpenStore implements AutoCloseable {

    static final Schema NOTES =
            new Schema(
                    "notes",
                    List.of(
                            new Schema.Step(
                                    1,
                                    "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")));

    static final StoreBounds BOUNDS =
            new StoreBounds(
                    1_000,
                    64,
                    Duration.ofMinutes(1),
                    Duration.ofMillis(5),
                    Duration.ofMillis(2),
                    Duration.ofMillis(10));

    final Store store;

    OpenStore(Path file) {
        this(file, BOUNDS, NOTES);
    }

    OpenStore(Path file, StoreBounds bounds, Schema... schemas) {
        store =
                Store.open(
                        new StoreUrl.SqliteFile(file),
                        List.of(schemas),
                        bounds,
                        Clock.system(),
                        ForkJoinPool.commonPool());
    }

    /** A connection of its own, as another program has it. */
    static Connection raw(Path file) throws SQLException {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + file);
        return source.getConnection();
    }

    static Work<Integer> adding(String text) {
        return session -> session.update("INSERT INTO notes (text) VALUES (?)", text);
    }

    void add(String text) {
        assertThat(store.submit(adding(text)).join()).isEqualTo(1);
    }

    List<String> notes() {
        return store.submit(OpenStore::all).join();
    }

    static List<String> all(Session session) {
        return session.query("SELECT text FROM notes ORDER BY id", row -> row.text("text"));
    }

    /** Keeps the store thread busy until it is told to go on. */
    Hold hold() {
        Hold hold = new Hold();
        hold.end =
                store.submit(_ -> {
                    hold.begun.countDown();
                    hold.awaitRelease();
                    return true;
                });
        assertThat(hold.end).isNotCompletedExceptionally();
        hold.awaitBegin();
        return hold;
    }

    /** A command under way. */
    static final class Hold implements AutoCloseable {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private @Nullable CompletableFuture<Boolean> end;

        private void awaitBegin() {
            await(begun);
        }

        private void awaitRelease() {
            await(released);
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                // The store is closed; the test goes on to release it.
            }
        }

        @Override
        public void close() {
            released.countDown();
        }
    }

    void awaitState(Health.State state) {
        Await.until(
                "the store to be " + state,
                Duration.ofSeconds(30),
                () -> store.health().state() == state,
                () -> store.health().toString());
    }

    StoreException.Kind trouble() {
        Health.Trouble trouble = store.health().trouble();
        return Objects.requireNonNull(trouble, "no trouble").kind();
    }

    static StoreException failureOf(CompletableFuture<?> future) {
        assertThatThrownBy(future::join).isNotNull();
        return StoreException.of(future.exceptionNow());
    }

    static StoreException.Kind kindOf(CompletableFuture<?> future) {
        return failureOf(future).kind();
    }

    /** Metrics by name and labels. */
    Map<String, Double> metrics() {
        Map<String, Double> found = new HashMap<>();
        store.collect(
                new MetricSink() {
                    @Override
                    public void value(Metric metric, double value, String... labelValues) {
                        found.put(metric.name() + String.join(",", labelValues), value);
                    }

                    @Override
                    public void histogram(
                            Metric metric, Distribution distribution, String... labelValues) {
                        throw new AssertionError("no histogram expected: " + metric.name());
                    }
                });
        return found;
    }

    @Override
    public void close() {
        store.close();
    }
}
