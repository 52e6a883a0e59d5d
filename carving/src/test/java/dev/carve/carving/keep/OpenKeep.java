package dev.carve.carving.keep;

import dev.carve.runtime.Clock;
import dev.carve.runtime.metrics.Distribution;
import dev.carve.runtime.metrics.Metric;
import dev.carve.runtime.metrics.MetricSink;
import dev.carve.store.Health;
import dev.carve.store.Store;
import dev.carve.store.StoreBounds;
import dev.carve.store.StoreUrl;
import dev.carve.testkit.Await;
import dev.carve.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** What carving keeps, over a real store whose deadlines no test reaches. */
final class OpenKeep implements AutoCloseable {

    static final CarveKey USERS = CarveKey.of("users", "GET /users/{id}", "users");
    static final CarveKey ORDERS = CarveKey.of("orders", "/orders/", "orders");
    static final Instant THEN = Instant.parse("2026-01-02T03:04:05.678Z");

    private static final StoreBounds BOUNDS =
            new StoreBounds(
                    10_000,
                    64,
                    Duration.ofMinutes(1),
                    Duration.ofMillis(5),
                    Duration.ofMillis(2),
                    Duration.ofMillis(10));

    static final Redactor REDACTOR = new Redactor(Redaction.DEFAULT);

    final ManualClock clock = new ManualClock(THEN);
    final Store store;
    final Keep keep;

    OpenKeep(Path file) {
        this(file, KeepBounds.DEFAULT);
    }

    OpenKeep(Path file, KeepBounds bounds) {
        this(file, bounds, BOUNDS.deadline());
    }

    OpenKeep(Path file, KeepBounds bounds, Duration deadline) {
        store =
                Store.open(
                        new StoreUrl.SqliteFile(file),
                        List.of(Keep.schema()),
                        new StoreBounds(
                                BOUNDS.waitingMax(),
                                BOUNDS.batchMax(),
                                deadline,
                                BOUNDS.lockWait(),
                                BOUNDS.retryFirst(),
                                BOUNDS.retryMax()),
                        Clock.system(),
                        ForkJoinPool.commonPool());
        RandomGenerator random =
                RandomGeneratorFactory.of("L64X128MixRandom").create(file.hashCode());
        keep = new Keep(store, bounds, clock, random);
    }

    void awaitState(Health.State state) {
        Await.until(
                "the store to be " + state,
                Duration.ofSeconds(30),
                () -> store.health().state() == state,
                () -> store.health().toString());
    }

    /** Keeps the store thread busy until it is told to go on. */
    Hold hold() {
        CountDownLatch begun = new CountDownLatch(1);
        Hold hold = submitHold(begun);
        await(begun);
        return hold;
    }

    /** Lets what waits begin, in one transaction, and keeps the thread busy at the end of it. */
    Hold holdBehind(Hold before) {
        CountDownLatch begun = new CountDownLatch(1);
        Hold hold = submitHold(begun);
        before.close();
        await(begun);
        return hold;
    }

    private Hold submitHold(CountDownLatch begun) {
        CountDownLatch released = new CountDownLatch(1);
        store.submit(
                _ -> {
                    begun.countDown();
                    await(released);
                    return true;
                },
                Duration.ofMinutes(1));
        return released::countDown;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The store thread is busy until this is closed. */
    interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /** Returns when all that was submitted before has ended. */
    void settle() {
        store.submit(_ -> true).join();
    }

    long count(String table) {
        return store.submit(session ->
                        session.query("SELECT count(*) AS n FROM " + table, row -> row.number("n")))
                .join()
                .getFirst();
    }

    /** Of what carving keeps and of the store, by name and labels. */
    Map<String, Double> metrics() {
        Map<String, Double> found = new HashMap<>();
        MetricSink sink =
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
                };
        keep.collect(sink);
        store.collect(sink);
        return found;
    }

    static CarveState state(CarveKey carve, int share, long version) {
        return new CarveState(carve, "shift", share, 2, THEN, "", THEN.plusSeconds(share), version);
    }

    static LedgerEntry entry(CarveKey carve, int number) {
        return new LedgerEntry(
                carve,
                THEN.plusMillis(number),
                "guard",
                "shift " + number + "%",
                "rolled_back",
                "errors",
                "{\"n\":" + number + "}");
    }

    static SavedBody body(String text) {
        return SavedBody.of(text.getBytes(StandardCharsets.UTF_8));
    }

    static Difference difference(CarveKey carve, int number, String... paths) {
        return new Difference(
                carve,
                THEN.plusMillis(number),
                List.of(paths),
                new SavedRequest(
                        "GET",
                        "/users/" + number,
                        List.of(new Field("Host", "a:80"), new Field("accept", "*/*")),
                        SavedBody.EMPTY),
                new SavedAnswer(
                        200,
                        List.of(new Field("Content-Type", "application/json")),
                        body("{\"n\":" + number + "}")),
                new SavedAnswer(500, List.of(), body("\u0000oops " + number)));
    }

    @Override
    public void close() {
        store.close();
    }
}
