package dev.carve.bench.micro;

import dev.carve.gateway.balance.ConsistentHash;
import dev.carve.gateway.balance.KeyHash;
import dev.carve.gateway.balance.LeastRequests;
import dev.carve.gateway.balance.Member;
import dev.carve.gateway.balance.Picker;
import dev.carve.gateway.balance.RoundRobin;
import dev.carve.gateway.balance.Sticky;
import dev.carve.gateway.balance.Turn;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Choosing one of many instances, a tenth of them full, in an order that nothing can learn: keys
 * and random bits differ each time. With it goes what a gateway does for each request anyway:
 * counting it at the instance chosen.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PickBenchmark {

    private static final int KEYS = 1 << 14;

    /** What is measured. */
    public enum Way {
        ROUND_ROBIN,
        WEIGHTED_ROUND_ROBIN,
        LEAST_REQUESTS,
        WEIGHTED_LEAST_REQUESTS,
        HASH,
        STICKY
    }

    @Param({"1000"})
    public int instances = 1000;

    @Param public Way way = Way.ROUND_ROBIN;

    private final long[] keys = new long[KEYS];
    private Numbered[] members = {};
    private Picker picker = new RoundRobin(new Numbered[] {new Numbered(0)}, new int[] {1}, TURN);
    private long random = 1;
    private int next;

    private static final Turn TURN = new Turn();

    /** A member with a count of its own, as an instance has. */
    static final class Numbered implements Member {
        private final long identity;
        private final AtomicInteger inFlight = new AtomicInteger();
        private final int max;

        Numbered(int number) {
            identity = KeyHash.mix(number + 1L);
            max = number % 10 == 0 ? 0 : Integer.MAX_VALUE;
        }

        @Override
        public long identity() {
            return identity;
        }

        @Override
        public int inFlight() {
            return inFlight.get();
        }

        @Override
        public boolean allows() {
            return inFlight.get() < max;
        }
    }

    @Setup(Level.Trial)
    public void build() {
        Random seeded = new Random(instances);
        members = new Numbered[instances];
        Arrays.setAll(members, Numbered::new);
        int[] ones = new int[instances];
        Arrays.fill(ones, 1);
        int[] weights = seeded.ints(instances, 1, 101).toArray();
        picker =
                switch (way) {
                    case ROUND_ROBIN -> new RoundRobin(members, ones, new Turn());
                    case WEIGHTED_ROUND_ROBIN -> new RoundRobin(members, weights, new Turn());
                    case LEAST_REQUESTS -> new LeastRequests(members, ones);
                    case WEIGHTED_LEAST_REQUESTS -> new LeastRequests(members, weights);
                    case HASH -> new ConsistentHash(members, weights, instances);
                    case STICKY -> new Sticky(members, new RoundRobin(members, ones, new Turn()));
                };
        for (int i = 0; i < KEYS; i++) {
            keys[i] = Sticky.idOf(members[seeded.nextInt(instances)]);
        }
    }

    /** One pick and the count of the request at its instance. */
    @Benchmark
    public int pick() {
        random = KeyHash.mix(random + 1);
        int place = picker.pick(keys[next++ & (KEYS - 1)], random, Picker.NONE);
        return members[place].inFlight.incrementAndGet();
    }
}
