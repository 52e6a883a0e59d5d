package dev.carve.example.monolith;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one thread that runs the application: requests queue in front of it, first come, first
 * served. This is what makes the sample a monolith of its kind; a second thread would hide the
 * bottleneck that the published measurements show. Any thread may submit.
 */
final class ApplicationThread {

    private final ThreadPoolExecutor executor;

    /**
     * Makes the thread; it starts with the first request.
     *
     * @param atEnd runs when the last piece of work is done, on this thread if it ever ran
     */
    ApplicationThread(int queueMax, Runnable atEnd) {
        executor =
                new ThreadPoolExecutor(
                        1,
                        1,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(queueMax),
                        Thread.ofPlatform().name("monolith-application").factory()) {
                    @Override
                    protected void terminated() {
                        atEnd.run();
                    }
                };
    }

    /**
     * Puts work at the end of the queue.
     *
     * @throws RejectedExecutionException if the queue is full or the thread is stopping
     */
    <T> Future<T> submit(Callable<T> work) {
        return executor.submit(work);
    }

    /** How many pieces of work wait. */
    int queued() {
        return executor.getQueue().size();
    }

    /** Finishes what is queued and ends the thread; what takes longer than the grace is cut off. */
    void stop(Duration grace) {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
