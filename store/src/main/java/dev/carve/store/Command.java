package dev.carve.store;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One piece of work on its way through the store. Whoever completes the future first decides: the
 * store thread, the deadline, or the caller, who may cancel it. The store does not begin what is
 * decided.
 *
 * <p>Threads: {@link #run} and {@link #succeed} by the store thread; the rest by any.
 */
final class Command<T extends @Nullable Object> {

    private static final long CANCEL_AGAIN_MILLIS = 50;

    private final Work<T> work;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    // Store thread only.
    private @Nullable Supplier<T> value;

    // Written by the store thread, read by any.
    private volatile @Nullable Session session;

    Command(Work<T> work) {
        this.work = work;
    }

    CompletableFuture<T> result() {
        return result;
    }

    boolean isDone() {
        return result.isDone();
    }

    /** Does the work within the transaction that the session is in. */
    void run(Session within) {
        session = within;
        within.enter(this);
        try {
            T made = work.run(within);
            value = () -> made;
        } finally {
            within.leave();
            session = null;
        }
    }

    /** The transaction was committed. */
    void succeed() {
        Supplier<T> made = value;
        if (made == null) {
            throw new IllegalStateException("committed before it was run");
        }
        result.complete(made.get());
    }

    void fail(StoreException reason) {
        result.completeExceptionally(reason);
    }

    /** Lets it fail when it takes longer than that, wherever it is. */
    void limit(Duration deadline, ScheduledExecutorService timer, Supplier<StoreException> reason) {
        try {
            ScheduledFuture<?> end =
                    timer.schedule(
                            () -> expire(timer, reason), deadline.toNanos(), TimeUnit.NANOSECONDS);
            result.whenComplete((_, _) -> end.cancel(false));
        } catch (RejectedExecutionException stopped) {
            // The process is about to end, and closing the store completes what is left.
        }
    }

    private void expire(ScheduledExecutorService timer, Supplier<StoreException> reason) {
        if (result.completeExceptionally(reason.get())) {
            cancel(timer);
        }
    }

    /**
     * Again until the command has left, since the database forgets a wish to stop that arrives just
     * before a statement begins.
     */
    private void cancel(ScheduledExecutorService timer) {
        Session within = session;
        if (within != null && within.cancel(this)) {
            try {
                timer.schedule(() -> cancel(timer), CANCEL_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException stopped) {
                // As above.
            }
        }
    }
}
