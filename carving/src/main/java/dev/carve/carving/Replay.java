package dev.carve.carving;

import dev.carve.carving.keep.Difference;
import dev.carve.carving.keep.Field;
import dev.carve.carving.keep.Keep;
import dev.carve.carving.keep.KeptDifference;
import dev.carve.http.Loop;
import dev.carve.runtime.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kept requests of one carve on their way to both sides again, a few at a time: what differed
 * then, does it still? Counts for nothing else: neither guard nor noise hear of it.
 *
 * <p>Threads: a virtual thread of its own reads what is kept and waits; each request belongs to one
 * loop and is compared by a worker; any thread reads.
 */
final class Replay implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);

    /** As many as are kept of one route. */
    static final int LIMIT_MAX = 200;

    private static final int AT_ONCE = 4;
    private static final Duration STORE = Duration.ofSeconds(10);

    /** What became of one kept request. */
    enum Verdict {
        /** It differs nowhere any more. */
        FIXED,
        /** It still differs. */
        DIFFERENT,
        /** It could not be asked again, or not in the same way. */
        NOT_ASKED;

        private final String code = name().toLowerCase(Locale.ROOT);

        /** The word in metrics and views. */
        String code() {
            return code;
        }
    }

    /**
     * One place of one request.
     *
     * @param verdict {@code fixed}, {@code different}, {@code noise} where the old side differs
     *     from itself as well, or {@code new} where it did not differ before
     * @param old what the old side has there now, null if nothing or if it can not be shown
     * @param fresh the same of the new side
     */
    record Place(String path, String verdict, @Nullable String old, @Nullable String fresh) {}

    /**
     * One request.
     *
     * @param reason why it could not be asked, else empty
     */
    record Row(
            long id,
            Instant at,
            String method,
            String target,
            Verdict verdict,
            String reason,
            List<Place> places) {}

    private final Carve carve;
    private final Keep keep;
    private final List<Loop> loops;
    private final Clock clock;
    private final int limit;
    private final List<Field> given;

    private final CountDownLatch over = new CountDownLatch(1);
    private final Object lock = new Object();

    // Guarded by lock.
    private final List<Row> rows = new ArrayList<>();

    // Written by its own thread, read by any.
    private volatile int total;
    private volatile String failure = "";
    private volatile Instant ended = Instant.EPOCH;

    /**
     * @param limit the newest so many
     * @param given fields that replace those of the kept requests, such as credentials; an empty
     *     value takes the field away
     */
    Replay(Carve carve, Keep keep, List<Loop> loops, Clock clock, int limit, List<Field> given) {
        this.carve = carve;
        this.keep = keep;
        this.loops = loops;
        this.clock = clock;
        this.limit = limit;
        this.given = List.copyOf(given);
    }

    boolean isOver() {
        return over.getCount() == 0;
    }

    /** Waits until it is over, but not longer than that. */
    void await(Duration most) throws InterruptedException {
        var _ = over.await(most.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void run() {
        try {
            all();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException unreachable) {
            failure = "the store does not tell what is kept: " + reason(unreachable);
        } catch (RuntimeException fault) {
            LOG.atError().setCause(fault).addKeyValue("route", carve.route()).log("fault");
            failure = "a fault of the gateway; it is in its log";
        } finally {
            ended = clock.now();
            over.countDown();
        }
    }

    private static String reason(Exception of) {
        Throwable cause = of.getCause();
        return String.valueOf((cause == null ? of : cause).getMessage());
    }

    private void all() throws InterruptedException, ExecutionException, TimeoutException {
        List<KeptDifference> kept =
                await(keep.differences().list(carve.route(), LIMIT_MAX)).stream()
                        // What another new side answered says nothing of this one.
                        .filter(each -> each.carve().equals(carve.id()))
                        .limit(limit)
                        .toList();
        total = kept.size();
        Semaphore free = new Semaphore(AT_ONCE);
        for (KeptDifference each : kept) {
            free.acquire();
            ask(each)
                    .whenComplete((row, fault) -> {
                        add(row == null ? notAsked(each, String.valueOf(fault)) : row);
                        free.release();
                    });
        }
        free.acquire(AT_ONCE);
    }

    private static <T> T await(CompletableFuture<T> kept)
            throws InterruptedException, ExecutionException, TimeoutException {
        return kept.get(STORE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private CompletableFuture<Row> ask(KeptDifference kept)
            throws InterruptedException, ExecutionException, TimeoutException {
        Optional<Difference> whole = await(keep.differences().get(kept.id()));
        Sides sides = carve.sides();
        if (whole.isEmpty() || sides == null) {
            return CompletableFuture.completedFuture(notAsked(kept, "it is not kept any more"));
        }
        Question question = new Question(whole.get().request(), given, sides);
        String refusal = question.refusal();
        if (refusal != null) {
            return CompletableFuture.completedFuture(notAsked(kept, refusal));
        }
        Loop loop = loops.get((int) (kept.id() % loops.size()));
        Asking asking = new Asking(carve, kept, whole.get());
        // Later by nothing, so that the loop looks at its clock.
        loop.executeLater(() -> asking.begin(loop, question, sides), 0, TimeUnit.NANOSECONDS);
        Duration most = carve.budget().bounds().timeout().multipliedBy(2).plusSeconds(1);
        return asking.row()
                .completeOnTimeout(
                        notAsked(kept, "no whole answer within " + most.toSeconds() + " s"),
                        most.toMillis(),
                        TimeUnit.MILLISECONDS)
                .whenComplete((_, _) -> loop.execute(asking::stop));
    }

    static Row notAsked(KeptDifference kept, String why) {
        return new Row(
                kept.id(),
                kept.at(),
                kept.method(),
                kept.target(),
                Verdict.NOT_ASKED,
                why,
                List.of());
    }

    private void add(Row row) {
        carve.replayed().add(row.verdict());
        synchronized (lock) {
            rows.add(row);
        }
    }

    /** What is known so far. */
    Map<String, Object> view() {
        // Before the rows: what is over lacks none.
        boolean wasOver = isOver();
        List<Row> now;
        synchronized (lock) {
            now = new ArrayList<>(rows);
        }
        now.sort((one, other) -> Long.compare(other.id(), one.id()));
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("route", carve.route());
        tree.put("state", wasOver ? "done" : "running");
        tree.put("failure", failure);
        if (wasOver) {
            tree.put("ended", ended);
        }
        tree.put("total", total);
        for (Verdict each : Verdict.values()) {
            tree.put(each.code(), now.stream().filter(row -> row.verdict() == each).count());
        }
        tree.put("requests", now);
        return tree;
    }
}
