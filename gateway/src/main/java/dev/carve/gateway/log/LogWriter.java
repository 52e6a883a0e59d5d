package dev.carve.gateway.log;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes log lines. A slow reader of the output, such as a full pipe, holds up
 * this thread only: batches beyond the bound are dropped, counted, and the gap is told in the log.
 * An output that fails, in whatever way, costs the batch at hand; the next is tried again.
 *
 * <p>Ends in two steps, since the last lines lie with the loops: {@link #beginClose}, then, once
 * the loops have given what they have, {@link #close}.
 *
 * <p>Threads: {@link #take} and {@link #give} by any loop, writing by its own thread.
 */
public final class LogWriter implements AutoCloseable {

    static final int BATCH_BYTES = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);
    private static final int FREE_MAX = 16;
    private static final long CLOSE_MILLIS = 2_000;

    /** A batch of whole lines. */
    public static final class Batch {
        private final LineBuffer lines = new LineBuffer(BATCH_BYTES + 4096);
        private int count;

        public LineBuffer lines() {
            return lines;
        }

        /** A line is complete. */
        public void lineDone() {
            count++;
        }

        public boolean isEmpty() {
            return count == 0;
        }

        /** Whether it should be handed over now. */
        public boolean isFull() {
            return lines.length() >= BATCH_BYTES;
        }
    }

    private final OutputStream out;
    private final ArrayBlockingQueue<Batch> queue;
    private final ConcurrentLinkedQueue<Batch> free = new ConcurrentLinkedQueue<>();
    private final AtomicLong freeCount = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong crowdedOut = new AtomicLong();
    private final AtomicLong unwritable = new AtomicLong();
    private final Thread thread;

    // Written by whoever closes, read by any.
    private volatile boolean ending;
    private volatile boolean closing;

    // Writer only.
    private long told;
    private boolean failing;

    /**
     * Starts the thread.
     *
     * @param bufferBytes how much may wait for being written
     */
    public LogWriter(OutputStream out, long bufferBytes) {
        this.out = out;
        queue = new ArrayBlockingQueue<>((int) Math.max(1, bufferBytes / BATCH_BYTES));
        thread = Thread.ofPlatform().name("carve-log").daemon(true).unstarted(this::run);
        thread.start();
    }

    /** An empty batch. */
    public Batch take() {
        Batch batch = free.poll();
        if (batch == null) {
            return new Batch();
        }
        freeCount.decrementAndGet();
        return batch;
    }

    /** Hands a batch over; drops it if too much waits already. */
    public void give(Batch batch) {
        if (!queue.offer(batch)) {
            crowdedOut.addAndGet(batch.count);
            recycle(batch);
        }
    }

    /** Whether lines should be handed over without waiting for more; any thread. */
    public boolean isEnding() {
        return ending;
    }

    /** Lines written so far; any thread. */
    public long written() {
        return written.get();
    }

    /** Lines dropped because the output was too slow or failed; any thread. */
    public long dropped() {
        return crowdedOut.get() + unwritable.get();
    }

    private void recycle(Batch batch) {
        batch.count = 0;
        batch.lines.clear();
        if (freeCount.incrementAndGet() <= FREE_MAX) {
            free.add(batch);
        } else {
            freeCount.decrementAndGet();
        }
    }

    private void run() {
        while (true) {
            Batch batch = next();
            if (batch == null) {
                return;
            }
            write(batch);
            recycle(batch);
            tellDropped();
        }
    }

    private void tellDropped() {
        long lost = crowdedOut.get();
        if (lost > told) {
            LOG.atWarn()
                    .addKeyValue("lines", lost - told)
                    .log("access log lines dropped: the output is too slow");
            told = lost;
        }
    }

    private @Nullable Batch next() {
        try {
            Batch waiting = queue.poll();
            if (waiting != null) {
                return waiting;
            }
            return closing ? null : queue.take();
        } catch (InterruptedException stop) {
            return queue.poll();
        }
    }

    private void write(Batch batch) {
        try {
            out.write(batch.lines.bytes(), 0, batch.lines.length());
            out.flush();
            written.addAndGet(batch.count);
            failing = false;
        } catch (IOException | RuntimeException e) {
            unwritable.addAndGet(batch.count);
            if (!failing) {
                failing = true;
                LOG.atError().addKeyValue("cause", e.toString()).log("access log not writable");
            }
        }
    }

    /** From now on loops hand over what they have as soon as they have it. */
    public void beginClose() {
        ending = true;
    }

    /**
     * Writes what was handed over, within two seconds, and ends the thread; the rest is counted.
     */
    @Override
    public void close() {
        ending = true;
        closing = true;
        thread.interrupt();
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Batch late = queue.poll(); late != null; late = queue.poll()) {
            unwritable.addAndGet(late.count);
        }
        if (dropped() > 0) {
            LOG.atWarn().addKeyValue("lines", dropped()).log("access log ended with lines dropped");
        }
    }
}
