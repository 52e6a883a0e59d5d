package dev.carve.store;

import dev.carve.runtime.Clock;
import dev.carve.runtime.admin.AdminView;
import dev.carve.runtime.metrics.MetricSink;
import dev.carve.runtime.metrics.MetricSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database of this process and the one thread that speaks to it. Work is accepted without
 * waiting or refused at once with the reason; while the database can not be reached, it is tried
 * again and again, and nothing else in the process notices.
 *
 * <p>A future is completed once the transaction is committed, or has failed. What depends on it
 * runs on the store thread unless it is handed over ({@code thenAcceptAsync}), so it must be short
 * and must not wait.
 *
 * <p>Threads: any but an event loop. One thread of its own, from opening to {@link #close}.
 */
public final class Store implements MetricSource, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Store.class);

    private final String address;
    private final StoreBounds bounds;
    private final ScheduledExecutorService timer;
    private final ArrayBlockingQueue<Command<?>> queue;
    private final StoreStatus status;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;

    private Store(
            Engine engine,
            Migrations migrations,
            StoreBounds bounds,
            Clock clock,
            ScheduledExecutorService timer) {
        this.address = engine.address();
        this.bounds = bounds;
        this.timer = timer;
        queue = new ArrayBlockingQueue<>(bounds.waitingMax());
        status = new StoreStatus(address, clock);
        StoreLoop loop = new StoreLoop(engine, migrations, queue, bounds, clock, status, stop);
        thread = Thread.ofPlatform().name("carve-store").daemon(true).unstarted(loop);
    }

    /**
     * Begins to open the store and returns; what is submitted meanwhile waits.
     *
     * @param schemas of all features that use it
     * @param timer where commands whose time is over are ended
     */
    public static Store open(
            StoreUrl url,
            List<Schema> schemas,
            StoreBounds bounds,
            Clock clock,
            ScheduledExecutorService timer) {
        Engine engine =
                switch (url) {
                    case StoreUrl.SqliteFile file -> new SqliteEngine(file, bounds.lockWait());
                };
        Store store = new Store(engine, new Migrations(schemas), bounds, clock, timer);
        store.thread.start();
        return store;
    }

    /** As messages name it, without credentials. */
    public String address() {
        return address;
    }

    /** Submits work with the usual deadline. */
    public <T extends @Nullable Object> CompletableFuture<T> submit(Work<T> work) {
        return submit(work, bounds.deadline());
    }

    /**
     * Has work done after all that was submitted before it.
     *
     * @param deadline after which the future fails; work that was not begun by then is dropped, and
     *     of work under way it is not known whether it was done
     * @return fails with {@link StoreException} only; at once if the store is down, closed or has
     *     too much to do
     */
    public <T extends @Nullable Object> CompletableFuture<T> submit(
            Work<T> work, Duration deadline) {
        Command<T> command = new Command<>(work);
        command.result().whenComplete((_, failure) -> status.count(failure));
        StoreException refusal = stop.getCount() == 0 ? status.closedReason() : status.refusal();
        if (refusal == null && !queue.offer(command)) {
            refusal = fullReason();
        }
        if (refusal != null) {
            command.fail(refusal);
            return command.result();
        }
        command.limit(deadline, timer, () -> status.lateReason(deadline.toMillis() + "ms"));
        if (status.health().state() == Health.State.CLOSED && queue.remove(command)) {
            // It was closed meanwhile, and nobody looks into the queue any more.
            command.fail(status.closedReason());
        }
        return command.result();
    }

    private StoreException fullReason() {
        return new StoreException(
                StoreException.Kind.QUEUE_FULL,
                address,
                bounds.waitingMax() + " commands wait (expected: fewer)");
    }

    public Health health() {
        return status.health();
    }

    /** Completed by the first attempt to open: with how it stands then, or with the reason. */
    public CompletableFuture<Health> opened() {
        return status.opened().copy();
    }

    /** Commands that wait. */
    public int waiting() {
        return queue.size();
    }

    /** What {@code GET /api/store} shows. */
    public AdminView view() {
        return new AdminView(
                "store", "Where carve state is kept, and whether that works.", _ -> shown());
    }

    private Shown shown() {
        Health now = health();
        Health.Trouble trouble = now.trouble();
        return new Shown(
                address,
                now.state().name().toLowerCase(Locale.ROOT),
                now.since(),
                trouble == null ? null : ShownTrouble.of(trouble),
                waiting(),
                bounds.waitingMax());
    }

    /** The view. */
    private record Shown(
            String address,
            String state,
            Instant since,
            @Nullable ShownTrouble lastError,
            int waiting,
            int waitingMax) {}

    /** What went wrong last. */
    private record ShownTrouble(String kind, String reason, Instant at) {

        static ShownTrouble of(Health.Trouble trouble) {
            return new ShownTrouble(trouble.kind().code(), trouble.reason(), trouble.at());
        }
    }

    @Override
    public void collect(MetricSink sink) {
        status.collect(sink, waiting());
    }

    /**
     * Refuses what comes, does what was accepted while the database allows it, and lets the
     * database go. Returns when that is done, at the latest after the usual deadline.
     */
    @Override
    public void close() {
        stop.countDown();
        // Wakes the thread if it waits for work; if there is no room for it, it does not.
        Command<Boolean> wake = new Command<>(_ -> true);
        wake.result().cancel(false);
        queue.offer(wake);
        try {
            thread.join(bounds.deadline());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.atWarn().addKeyValue("store", address).log("store thread still busy, left behind");
        }
        status.closed();
        StoreException reason = status.closedReason();
        for (Command<?> late = queue.poll(); late != null; late = queue.poll()) {
            late.fail(reason);
        }
    }
}
