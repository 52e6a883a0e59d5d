package dev.carve.gateway.service;

import dev.carve.runtime.Clock;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one thread on which verdicts on instances are made, and its clock. Any thread may hand it
 * work; once it has stopped, work is dropped, since nothing is left to judge.
 */
public record Control(ScheduledExecutorService executor, Clock clock) {

    private static final long IDLE_SECONDS = 5;

    /** A thread of its own, which exists only while there is work. */
    public static Control own(Clock clock) {
        ScheduledThreadPoolExecutor executor =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().name("carve-control").daemon().factory());
        executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        executor.setRemoveOnCancelPolicy(true);
        return new Control(executor, clock);
    }

    /** Runs a task soon. */
    public void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException stopped) {
            // The process is about to end.
        }
    }

    /** Runs a task later. */
    public void executeLater(Runnable task, long delayNanos) {
        try {
            executor.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException stopped) {
            // The process is about to end.
        }
    }
}
