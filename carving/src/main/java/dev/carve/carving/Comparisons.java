package dev.carve.carving;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that compare, and the way of an observation to them: one bounded ring per event loop,
 * which its loop fills without a lock and one worker drains. When a ring is full the observation is
 * not compared; nobody waits.
 *
 * <p>Implementation notes: waking a thread costs the loop more than filling a slot does. A worker
 * that has just been busy therefore looks again after a millisecond by itself, and is woken only
 * out of its deep sleep, which begins when nothing came for a while. Observations go back to their
 * loop by a ring of the other direction.
 *
 * <p>Workers have the processor when nobody else wants it ({@link IdlePriority}): comparing can
 * wait, clients can not.
 *
 * <p>Threads: {@link #offer} by the loop of that number; workers are its own; started and closed by
 * any other, once.
 */
final class Comparisons implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Comparisons.class);
    private static final int RING = 512;

    /** Free observations of a loop; what is more than that under way is made and thrown away. */
    private static final int FREE = RING;

    private static final long NAP_NANOS = 1_000_000;
    private static final int NAPS_MAX = 50;
    private static final long CLOSE_MILLIS = 1_000;

    private final List<Ring<Observation>> rings = new ArrayList<>();
    private final List<Ring<Observation>> free = new ArrayList<>();

    /**
     * What each loop uses next, the last first: so that few are in use, and their memory is in the
     * cache and in few of the collector's cards.
     */
    private final List<ArrayDeque<Observation>> unused = new ArrayList<>();

    private final Worker[] workers;
    private volatile boolean closed;

    /** What goes from one thread to one other: between a loop and its worker, either way. */
    private static final class Ring<T> {
        private final AtomicReferenceArray<@Nullable T> slots;
        private final int mask;
        private int head;
        private int tail;

        /** {@code size} is a power of two. */
        Ring(int size) {
            slots = new AtomicReferenceArray<>(size);
            mask = size - 1;
        }

        boolean offer(T next) {
            if (slots.get(tail) != null) {
                return false;
            }
            // Volatile, so that whether the worker sleeps is read after it is there.
            slots.set(tail, next);
            tail = (tail + 1) & mask;
            return true;
        }

        @Nullable T poll() {
            T next = slots.get(head);
            if (next != null) {
                slots.setRelease(head, null);
                head = (head + 1) & mask;
            }
            return next;
        }
    }

    /**
     * Starts no thread before the first observation.
     *
     * @param loops how many event loops there are
     * @param threads how many threads compare
     * @param work makes what one thread does with an observation; asked once per thread
     */
    Comparisons(int loops, int threads, Supplier<Comparing> work) {
        for (int i = 0; i < loops; i++) {
            rings.add(new Ring<>(RING));
            free.add(new Ring<>(FREE));
            unused.add(new ArrayDeque<>());
        }
        workers = new Worker[Math.min(loops, threads)];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i, work);
        }
    }

    /** Hands over; false if the ring of that loop is full. That loop only. */
    boolean offer(int loop, Observation whole) {
        if (closed || !rings.get(loop).offer(whole)) {
            return false;
        }
        workers[loop % workers.length].wake();
        return true;
    }

    /** A free one for a request of that loop, that used last. That loop only. */
    Observation observation(int loop) {
        ArrayDeque<Observation> mine = unused.get(loop);
        Ring<Observation> done = free.get(loop);
        for (Observation next = done.poll(); next != null; next = done.poll()) {
            keep(mine, next);
        }
        Observation used = mine.pollLast();
        Observation next = used == null ? new Observation() : used;
        next.pooled();
        return next;
    }

    /** Takes back what is not compared. That loop only. */
    void unused(int loop, Observation left) {
        if (left.isPooled()) {
            left.clear();
            keep(unused.get(loop), left);
        }
    }

    private static void keep(ArrayDeque<Observation> mine, Observation left) {
        if (mine.size() < FREE) {
            mine.addLast(left);
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Worker each : workers) {
            each.end();
        }
    }

    /** One thread with its rings. */
    private final class Worker implements Runnable {
        private final int number;
        private final Supplier<Comparing> work;
        private volatile boolean asleep = true;
        private volatile @Nullable Thread thread;

        Worker(int number, Supplier<Comparing> work) {
            this.number = number;
            this.work = work;
        }

        void wake() {
            if (asleep) {
                Thread running = thread;
                if (running == null) {
                    begin();
                } else {
                    LockSupport.unpark(running);
                }
            }
        }

        /** Two loops may both be first: only one thread begins. */
        private synchronized void begin() {
            if (thread == null && !closed) {
                Thread made =
                        Thread.ofPlatform()
                                .name("carve-compare-" + number)
                                .daemon()
                                .unstarted(this);
                thread = made;
                made.start();
            }
        }

        @Override
        public void run() {
            IdlePriority.take();
            try (Comparing comparer = work.get()) {
                run(comparer);
            } finally {
                letGo();
            }
        }

        private void run(Comparing comparer) {
            int naps = 0;
            while (!closed) {
                asleep = false;
                if (drain(comparer)) {
                    naps = 0;
                } else if (naps < NAPS_MAX) {
                    naps++;
                    LockSupport.parkNanos(this, NAP_NANOS);
                } else {
                    asleep = true;
                    if (!drain(comparer)) {
                        LockSupport.park(this);
                    }
                    naps = 0;
                }
            }
        }

        private boolean drain(Comparing comparer) {
            boolean any = false;
            for (int i = number; i < rings.size(); i += workers.length) {
                Observation next = rings.get(i).poll();
                while (next != null && !closed) {
                    any = true;
                    compare(comparer, next);
                    reuse(i, next);
                    next = rings.get(i).poll();
                }
            }
            return any;
        }

        private void compare(Comparing comparer, Observation next) {
            try {
                comparer.compare(next);
            } catch (RuntimeException fault) {
                LOG.atError().setCause(fault).log("fault in comparing");
            } finally {
                next.release();
            }
        }

        private void reuse(int loop, Observation done) {
            if (done.isPooled()) {
                done.clear();
                free.get(loop).offer(done);
            }
        }

        private void letGo() {
            for (int i = number; i < rings.size(); i += workers.length) {
                Observation left = rings.get(i).poll();
                while (left != null) {
                    left.release();
                    left = rings.get(i).poll();
                }
            }
        }

        void end() {
            Thread running = thread;
            if (running != null) {
                LockSupport.unpark(running);
                try {
                    running.join(CLOSE_MILLIS);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
