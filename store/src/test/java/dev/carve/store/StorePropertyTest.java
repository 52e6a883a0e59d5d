package dev.carve.store;

import static dev.carve.store.OpenStore.BOUNDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many submit at once, some of it wrong, some of it hasty: what is told done is done, once. */
class StorePropertyTest {

    private static final int SUBMITTERS = 6;
    private static final int COMMANDS_EACH = 150;

    private static final Schema COUNTS =
            new Schema(
                    "counts",
                    List.of(
                            new Schema.Step(
                                    1,
                                    "CREATE TABLE counts (id BIGINT PRIMARY KEY, value BIGINT NOT NULL)",
                                    "INSERT INTO counts VALUES (0, 0)",
                                    "CREATE TABLE counts_seen (id TEXT PRIMARY KEY)")));

    private static final StoreBounds NARROW =
            new StoreBounds(
                    40,
                    7,
                    BOUNDS.deadline(),
                    BOUNDS.lockWait(),
                    BOUNDS.retryFirst(),
                    BOUNDS.retryMax());

    @TempDir private Path folder;

    /** What the submitters were told. */
    private static final class Told {
        private final AtomicLong done = new AtomicLong();
        private final AtomicLong sum = new AtomicLong();
        private final AtomicLong unknown = new AtomicLong();
        private final AtomicLong unknownSum = new AtomicLong();
    }

    @Test
    void whatIsToldDoneIsDoneOnceAndWhatIsRefusedIsNot() throws Exception {
        for (int round = 0; round < 4; round++) {
            long seed = 42_000L + round;
            Path file = folder.resolve("round" + round + ".db");
            Told told = new Told();
            try (OpenStore open = new OpenStore(file, NARROW, COUNTS);
                    ExecutorService submitters = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> all = new ArrayList<>();
                for (int i = 0; i < SUBMITTERS; i++) {
                    RandomGenerator random =
                            RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 100 + i);
                    String name = "s" + i;
                    all.add(submitters.submit(() -> submit(open.store, random, name, told)));
                }
                for (Future<?> each : all) {
                    each.get();
                }
            }
            try (OpenStore open = new OpenStore(file, BOUNDS, COUNTS)) {
                long value = read(open, "SELECT value AS v FROM counts");
                long seen = read(open, "SELECT count(*) AS v FROM counts_seen");
                assertThat(seen)
                        .as("seed %d", seed)
                        .isBetween(told.done.get(), told.done.get() + told.unknown.get());
                assertThat(value)
                        .as("seed %d", seed)
                        .isBetween(told.sum.get(), told.sum.get() + told.unknownSum.get());
            }
        }
    }

    private static long read(OpenStore open, String sql) {
        return open.store.submit(s -> s.query(sql, row -> row.number("v"))).join().getFirst();
    }

    private static void submit(Store store, RandomGenerator random, String name, Told told) {
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < COMMANDS_EACH; i++) {
            String id = name + "/" + i;
            long amount = random.nextLong(1, 1000);
            int wrong = random.nextInt(10);
            Duration deadline =
                    random.nextInt(5) == 0
                            ? Duration.ofNanos(random.nextLong(1, 2_000_000))
                            : BOUNDS.deadline();
            CompletableFuture<Long> each =
                    store.submit(session -> add(session, id, amount, wrong), deadline);
            all.add(each.handle((_, failure) -> count(failure, amount, told)));
            if (random.nextInt(8) == 0) {
                all.forEach(CompletableFuture::join);
            }
        }
        all.forEach(CompletableFuture::join);
    }

    private static long add(Session session, String id, long amount, int wrong) {
        session.update("INSERT INTO counts_seen VALUES (?)", id);
        if (wrong == 0) {
            throw new IllegalStateException("wrong on purpose");
        }
        if (wrong == 1) {
            session.update("INSERT INTO counts_seen VALUES (?)", id);
        }
        long before =
                session.first("SELECT value FROM counts WHERE id = 0", row -> row.number("value"))
                        .orElseThrow();
        session.update("UPDATE counts SET value = ? WHERE id = 0", before + amount);
        return before + amount;
    }

    private static boolean count(
            @org.jspecify.annotations.Nullable Throwable failure, long amount, Told told) {
        if (failure == null) {
            told.done.incrementAndGet();
            told.sum.addAndGet(amount);
            return true;
        }
        switch (StoreException.of(failure).kind()) {
            case REFUSED, QUEUE_FULL -> {}
            case DEADLINE -> {
                told.unknown.incrementAndGet();
                told.unknownSum.addAndGet(amount);
            }
            case LOCKED, HELD, FULL, READ_ONLY, CORRUPT, NEWER, FOREIGN, UNREACHABLE, CLOSED ->
                    throw new AssertionError(failure);
        }
        return true;
    }
}
