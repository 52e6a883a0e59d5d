package dev.carve.gateway.protect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.protect.Limit.Refused;
import dev.carve.gateway.protect.Limit.Waiter;
import dev.carve.runtime.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** No permit is lost or given twice, whatever comes between. */
class LimitRaceTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    /**
     * What another thread may do at a seam. A whole operation that runs inside another one is what
     * that one would see of a thread that is faster.
     */
    private enum Step {
        RELEASE,
        ACQUIRE,
        AWAIT,
        CANCEL_OLDEST,
        CANCEL_NEWEST,
        TAKE_OLDEST,
        RAISE,
        LOWER
    }

    /** A limit whose seams (each look at the clock, each wake) run the next steps of a script. */
    private static final class Script implements Clock {
        private static final int LINE = 3;

        private final Limit limit;
        private final Deque<Step> steps = new ArrayDeque<>();
        private final List<Waiter> open = new ArrayList<>();
        private int held;
        private int grants;
        private int depth;

        Script(int permits, Step[] steps) {
            limit = new Limit(new Limit.Rule(permits, LINE, LONG), this);
            this.steps.addAll(List.of(steps));
        }

        @Override
        public long nanos() {
            seam();
            return 0;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        void seam() {
            // One step inside another is a second thread; a third adds nothing to the seams.
            if (depth < 3 && !steps.isEmpty()) {
                run(steps.poll());
            }
        }

        void run(Step step) {
            depth++;
            switch (step) {
                case RELEASE -> {
                    if (held > 0) {
                        held--;
                        limit.release();
                    }
                }
                case ACQUIRE -> held += limit.tryAcquire() ? 1 : 0;
                case AWAIT -> {
                    if (limit.await(LONG.toNanos(), this::woken) instanceof Waiter waiter) {
                        open.add(waiter);
                    }
                }
                case CANCEL_OLDEST -> cancel(0);
                case CANCEL_NEWEST -> cancel(open.size() - 1);
                case TAKE_OLDEST -> take();
                case RAISE -> limit.resize(3);
                case LOWER -> limit.resize(1);
            }
            depth--;
        }

        private void woken() {
            grants++;
            seam();
        }

        private void cancel(int at) {
            if (at >= 0 && at < open.size()) {
                open.remove(at).cancel();
            }
        }

        private boolean take() {
            for (Waiter each : List.copyOf(open)) {
                if (each.take()) {
                    open.remove(each);
                    held++;
                    return true;
                }
            }
            return false;
        }

        /** Runs what is left, then lets everybody finish. */
        void finish(String what) {
            while (!steps.isEmpty()) {
                run(steps.poll());
            }
            assertThat(limit.waiting()).as(what).isBetween(0, LINE);
            do {
                while (held > 0) {
                    run(Step.RELEASE);
                }
            } while (take());
            assertThat(open).as("%s: all were served (%d grants)", what, grants).isEmpty();
            assertThat(limit.inFlight()).as("%s: permits in use", what).isZero();
            assertThat(limit.waiting()).as("%s: in line", what).isZero();
            int permits = limit.permits();
            for (int i = 0; i < permits; i++) {
                assertThat(limit.tryAcquire()).as("%s: permit %d", what, i).isTrue();
            }
            assertThat(limit.tryAcquire()).as(what).isFalse();
        }
    }

    @Test
    void everyOperationAtEverySeamLosesNothing() {
        Step[] all = Step.values();
        int length = 6;
        long count = (long) Math.pow(all.length, length);
        for (long number = 0; number < count; number++) {
            Step[] steps = new Step[length];
            long rest = number;
            for (int i = 0; i < length; i++) {
                steps[i] = all[(int) (rest % all.length)];
                rest /= all.length;
            }
            Script script = new Script(1 + (int) (number & 1), steps);
            script.run(Step.ACQUIRE);
            script.run(Step.AWAIT);
            script.finish("steps " + number);
        }
    }

    /** One event loop: a thread with a seed, an inbox, permits that it holds and waiters. */
    private static final class Worker implements Callable<Integer> {
        private final Limit limit;
        private final AtomicInteger using;
        private final int most;
        private final SplittableRandom random;
        private final int operations;
        private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
        private final List<Waiter> waiters = new ArrayList<>();
        private int held;
        private int taken;

        Worker(Limit limit, AtomicInteger using, int most, long seed, int operations) {
            this.limit = limit;
            this.using = using;
            this.most = most;
            random = new SplittableRandom(seed);
            this.operations = operations;
        }

        @Override
        public Integer call() {
            for (int i = 0; i < operations; i++) {
                runInbox();
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> acquire();
                    case 3, 4, 5 -> releaseOne();
                    case 6 -> cancelOne();
                    default -> Thread.onSpinWait();
                }
            }
            return taken;
        }

        private void acquire() {
            if (limit.tryAcquire()) {
                hold();
                return;
            }
            Holder holder = new Holder();
            switch (limit.await(LONG.toNanos(), () -> inbox.add(holder))) {
                case Waiter waiter -> {
                    holder.waiter = waiter;
                    waiters.add(waiter);
                }
                case Refused _ -> Thread.onSpinWait();
            }
        }

        /** What is posted to the loop; it runs there, after {@code await} has returned. */
        private final class Holder implements Runnable {
            private @Nullable Waiter waiter;

            @Override
            public void run() {
                Waiter mine = waiter;
                if (mine != null && mine.take()) {
                    waiters.remove(mine);
                    hold();
                }
            }
        }

        private void hold() {
            held++;
            taken++;
            int now = using.incrementAndGet();
            if (now > most) {
                throw new AssertionError(now + " permits in use of " + most);
            }
        }

        private boolean releaseOne() {
            if (held == 0) {
                return false;
            }
            held--;
            using.decrementAndGet();
            limit.release();
            return true;
        }

        private void cancelOne() {
            if (!waiters.isEmpty()) {
                waiters.remove(random.nextInt(waiters.size())).cancel();
            }
        }

        void runInbox() {
            Runnable next = inbox.poll();
            while (next != null) {
                next.run();
                next = inbox.poll();
            }
        }

        /** Lets all finish; by one thread, after the others have ended. */
        boolean settle() {
            runInbox();
            boolean some = false;
            while (releaseOne()) {
                some = true;
            }
            return some;
        }
    }

    @Test
    void manyThreadsNeverExceedTheLimitAndLeaveNothingBehind() throws Exception {
        int threads = 4;
        for (long seed = 0; seed < 30; seed++) {
            int permits = 1 + (int) (seed % 5);
            Limit limit = new Limit(new Limit.Rule(permits, 6, LONG), new Script(1, new Step[0]));
            AtomicInteger using = new AtomicInteger();
            List<Worker> workers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                workers.add(new Worker(limit, using, permits, 31 * seed + i, 5_000));
            }
            run(workers, () -> {});
            settle(workers, limit, "seed " + seed);
        }
    }

    @Test
    void aLimitThatMovesMeanwhileLosesNothing() throws Exception {
        for (long seed = 0; seed < 15; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Limit limit = new Limit(new Limit.Rule(2, 6, LONG), new Script(1, new Step[0]));
            AtomicInteger using = new AtomicInteger();
            List<Worker> workers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                workers.add(new Worker(limit, using, 8, 77 * seed + i, 5_000));
            }
            run(workers, () -> limit.resize(1 + random.nextInt(8)));
            settle(workers, limit, "seed " + seed);
        }
    }

    /** With nobody after them, whoever comes later of the two must see the other. */
    @Test
    void whoJoinsTheLineAsAPermitIsFreedIsNotLeftBehind() throws Exception {
        int rounds = 30_000;
        AtomicInteger released = new AtomicInteger();
        AtomicInteger joined = new AtomicInteger();
        Limit limit = new Limit(new Limit.Rule(1, 2, LONG), new Script(1, new Step[0]));
        assertThat(limit.tryAcquire()).isTrue();
        ExecutorService pool = Executors.newFixedThreadPool(1);
        try {
            Future<?> releases =
                    pool.submit(() -> {
                        for (int round = 1; round <= rounds; round++) {
                            meet(joined, round);
                            limit.release();
                            released.set(round);
                        }
                    });
            for (int round = 1; round <= rounds; round++) {
                joined.set(round);
                Waiter waiter = (Waiter) limit.await(LONG.toNanos(), () -> {});
                meet(released, round);
                assertThat(waiter.take()).as("round %d", round).isTrue();
            }
            releases.get();
        } finally {
            pool.shutdownNow(); // Not close: where the test fails, the other would wait for ever.
        }
        limit.release();
        assertThat(limit.inFlight()).isZero();
    }

    @SuppressWarnings(
            "ThreadPriorityCheck") // Where there is one core, spinning alone takes minutes.
    private static void meet(AtomicInteger other, int round) {
        int spins = 0;
        while (other.get() < round && !Thread.currentThread().isInterrupted()) {
            if (++spins < 200) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    private static void run(List<Worker> workers, Runnable meanwhile) throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(workers.size())) {
            List<Future<Integer>> results = workers.stream().map(pool::submit).toList();
            while (!results.stream().allMatch(Future::isDone)) {
                meanwhile.run();
                Thread.onSpinWait();
            }
            int taken = 0;
            for (Future<Integer> each : results) {
                taken += each.get();
            }
            assertThat(taken).isPositive();
        }
    }

    private static void settle(List<Worker> workers, Limit limit, String what) {
        boolean some = true;
        while (some) {
            some = false;
            for (Worker each : workers) {
                some |= each.settle();
            }
        }
        for (Worker each : workers) {
            assertThat(each.waiters).as("%s: still waiting", what).isEmpty();
        }
        assertThat(limit.inFlight()).as("%s: permits in use", what).isZero();
        assertThat(limit.waiting()).as("%s: in line", what).isZero();
    }
}
