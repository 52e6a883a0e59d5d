package dev.carve.testkit;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class after which a buffer of Netty was collected without having been released; for
 * {@link ExtendWith}. Every buffer is tracked while such a class runs.
 *
 * <p>Netty tells one listener of the process, so classes that use this run one after the other; a
 * leak of a class that does not use it may show in the next that does.
 */
public final class NoLeaks implements BeforeAllCallback, AfterAllCallback {

    private static final int ROUNDS = 3;

    private static final Queue<String> FOUND = new ConcurrentLinkedQueue<>();
    private static final AtomicLong COUNT = new AtomicLong();

    @Override
    public void beforeAll(ExtensionContext context) {
        watch();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        check();
    }

    static void watch() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ByteBufUtil.setLeakListener((type, records) -> {
            if (COUNT.getAndIncrement() < 10) {
                FOUND.add(type + records);
            }
        });
    }

    /**
     * Has garbage collected and asks Netty what it found.
     *
     * @throws AssertionError if something leaked; the next check begins anew
     */
    static void check() {
        for (int round = 0; round < ROUNDS; round++) {
            collect();
            // Netty looks at what was collected when it next tracks a buffer.
            ByteBufAllocator.DEFAULT.buffer(1).release();
        }
        long count = COUNT.getAndSet(0);
        if (count > 0) {
            String all = String.join("\n", FOUND);
            FOUND.clear();
            throw new AssertionError(count + " kinds of leaked buffers, the first of them: " + all);
        }
    }

    /**
     * Returns once something that became garbage before the call has been collected and its
     * reference queued. What an earlier collection cleared is queued by then, since one thread of
     * the JVM queues all in turn.
     */
    private static void collect() {
        var queue = new ReferenceQueue<byte[]>();
        var garbage = new WeakReference<>(new byte[1], queue);
        Await.until(
                "a collection",
                () -> {
                    System.gc();
                    Reference<?> queued = queue.poll();
                    return queued != null && queued.equals(garbage);
                });
    }
}
