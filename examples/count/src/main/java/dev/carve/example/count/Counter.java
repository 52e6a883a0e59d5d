package dev.carve.example.count;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.random.RandomGenerator.SplittableGenerator;

/**
 * Adds random whole numbers on several threads: jobs of 100,000 numbers, each with a random source
 * of its own, split from one. Sums are 64 bits wide, and the rest of the last job counts.
 *
 * <p>Any thread may ask.
 */
final class Counter implements AutoCloseable {

    static final int JOB = 100_000;

    private final ExecutorService pool;
    private final SplittableGenerator seeds;

    Counter(int threads, SplittableGenerator seeds) {
        this.seeds = seeds;
        pool =
                Executors.newFixedThreadPool(
                        threads, Thread.ofPlatform().name("count-", 0).daemon().factory());
    }

    /**
     * The sum of so many numbers from 0 up to the greatest, rounded from a fraction so that both
     * ends come half as often.
     *
     * @param greatest 100 as the monolith draws them; 99 has the mistake of the published service
     */
    long sum(int times, int greatest) throws InterruptedException {
        List<Future<Long>> jobs = new ArrayList<>();
        for (int left = times; left > 0; left -= JOB) {
            int count = Math.min(left, JOB);
            RandomGenerator random;
            synchronized (seeds) {
                random = seeds.split();
            }
            jobs.add(pool.submit(() -> job(random, count, greatest)));
        }
        long sum = 0;
        for (Future<Long> each : jobs) {
            try {
                sum += each.get();
            } catch (ExecutionException fault) {
                throw new IllegalStateException(fault.getCause());
            }
        }
        return sum;
    }

    private static long job(RandomGenerator random, int count, int greatest) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.round(random.nextDouble() * greatest);
        }
        return sum;
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
