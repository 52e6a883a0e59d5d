package dev.carve.gateway;

import dev.carve.gateway.service.Control;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Has something done on the control thread and waits for it; any thread that may wait. */
final class OnControl {

    private OnControl() {}

    /**
     * What came of the work; empty if control did not turn to it in time or the waiting thread was
     * interrupted, and then it is not done later either.
     *
     * @throws RuntimeException that the work threw
     */
    static <T> Optional<T> ask(Control control, Duration within, Supplier<T> work) {
        AtomicBoolean taken = new AtomicBoolean();
        CompletableFuture<T> result = new CompletableFuture<>();
        control.execute(() -> {
            if (taken.compareAndSet(false, true)) {
                try {
                    result.complete(work.get());
                } catch (RuntimeException failed) {
                    result.completeExceptionally(failed);
                }
            }
        });
        try {
            return Optional.of(result.get(within.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException late) {
            return given(taken, result);
        } catch (InterruptedException unwanted) {
            Optional<T> begun = given(taken, result);
            Thread.currentThread().interrupt();
            return begun;
        } catch (ExecutionException failed) {
            throw unwrapped(failed.getCause());
        }
    }

    /** Takes the work back; what has begun already is waited for, since it is short. */
    private static <T> Optional<T> given(AtomicBoolean taken, CompletableFuture<T> result) {
        if (taken.compareAndSet(false, true)) {
            return Optional.empty();
        }
        try {
            return Optional.of(result.join());
        } catch (CompletionException failed) {
            throw unwrapped(failed.getCause());
        }
    }

    private static RuntimeException unwrapped(@Nullable Throwable cause) {
        return cause instanceof RuntimeException own ? own : new IllegalStateException(cause);
    }
}
