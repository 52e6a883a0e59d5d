package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimerWheelTest {

    private static final long TICK = 1L << 23;

    private final List<RuntimeException> faults = new ArrayList<>();

    /** Remembers by itself when it should fire. */
    private static final class Modelled extends Timeout {
        private long wanted = NEVER;

        @Override
        void expired(long nowNanos) {
            assertThat(wanted).as("fired at %d", nowNanos).isLessThanOrEqualTo(nowNanos);
            wanted = NEVER;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void itFiresNeverEarlyAndAtMostATickLateWhateverIsSetMovedOrTakenBack(long seed) {
        Random random = new Random(seed);
        long now = random.nextLong() >> 8;
        TimerWheel wheel = new TimerWheel(now, faults::add);
        List<Modelled> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(new Modelled());
        }
        for (int step = 0; step < 20_000; step++) {
            Modelled one = all.get(random.nextInt(all.size()));
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> {
                    one.wanted = now + (long) (Math.pow(random.nextDouble(), 4) * 5000 * TICK);
                    wheel.set(one, one.wanted);
                }
                case 3 -> {
                    one.wanted = Timeout.NEVER;
                    wheel.set(one, Timeout.NEVER);
                }
                case 4 -> {
                    one.wanted = Timeout.NEVER;
                    wheel.remove(one);
                }
                default -> now = advance(wheel, now, random);
            }
            long due = all.stream().mapToLong(each -> each.wanted).min().orElseThrow();
            if (due != Timeout.NEVER) {
                assertThat(wheel.nextNanos()).isLessThanOrEqualTo(Math.max(due, now) + 2 * TICK);
            }
            boolean isAllFired = wheel.nextNanos() > now;
            for (Modelled each : isAllFired ? all : List.<Modelled>of()) {
                assertThat(each.wanted).as("step %d", step).isGreaterThan(now - 2 * TICK);
            }
        }
        assertThat(faults).isEmpty();
    }

    private static long advance(TimerWheel wheel, long now, Random random) {
        long next = wheel.nextNanos();
        long to = now + random.nextLong(3 * TICK);
        if (next != Timeout.NEVER && random.nextInt(10) == 0) {
            to = Math.max(to, next);
        }
        // What is left over between two turns of the loop may be moved or taken back.
        wheel.advance(to, random.nextInt(1, 4));
        while (random.nextInt(4) > 0 && wheel.nextNanos() <= to) {
            wheel.advance(to, random.nextInt(1, 4));
        }
        return to;
    }

    @Test
    void aFaultOfOneDoesNotKeepTheOthersFromFiring() {
        TimerWheel wheel = new TimerWheel(0, faults::add);
        Timeout broken =
                new Timeout() {
                    @Override
                    void expired(long nowNanos) {
                        throw new IllegalStateException("broken");
                    }
                };
        Modelled good = new Modelled();
        good.wanted = 10;
        wheel.set(broken, 5);
        wheel.set(good, 10);
        wheel.advance(2 * TICK, 2);
        assertThat(good.wanted).isEqualTo(Timeout.NEVER);
        assertThat(faults).hasSize(1);
        assertThat(wheel.size()).isZero();
    }

    @Test
    void whatIsDueAtOnceFiresSoManyAtATimeInItsOrder() {
        TimerWheel wheel = new TimerWheel(0, faults::add);
        List<Integer> fired = new ArrayList<>();
        List<Timeout> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            Timeout one =
                    new Timeout() {
                        @Override
                        void expired(long nowNanos) {
                            fired.add(number);
                        }
                    };
            all.add(one);
            wheel.set(one, 5);
        }

        wheel.advance(2 * TICK, 2);
        assertThat(fired).containsExactly(0, 1);
        assertThat(wheel.nextNanos()).isEqualTo(TICK);

        wheel.remove(all.get(2));
        wheel.set(all.get(3), 1024 * TICK + 5); // A turn of the wheel later.
        wheel.advance(2 * TICK, 2);
        assertThat(fired).containsExactly(0, 1, 4);
        assertThat(wheel.size()).isOne();
        assertThat(wheel.nextNanos()).isGreaterThan(1000 * TICK);

        wheel.advance(1026 * TICK, 2);
        assertThat(fired).containsExactly(0, 1, 4, 3);
        assertThat(wheel.nextNanos()).isEqualTo(Timeout.NEVER);
    }
}
