package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.runtime.Clock;
import dev.carve.testkit.Await;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On the loop's own wheel and clock. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class AlarmTest {

    private static final long MILLI = 1_000_000;

    @Test
    void itRingsOnceNeverEarlyAndOnlyForTheLastTimeThatWasSet() {
        try (Loops loops = Loops.start(Transport.preferred(), 1, Clock.system())) {
            Loop loop = loops.all().getFirst();
            AtomicLong wanted = new AtomicLong();
            AtomicLong early = new AtomicLong();
            AtomicInteger rung = new AtomicInteger();
            CountDownLatch later = new CountDownLatch(1);
            loop.execute(() -> {
                Alarm alarm =
                        new Alarm(
                                loop,
                                () -> {
                                    rung.incrementAndGet();
                                    early.set(wanted.get() - loop.now());
                                });
                alarm.set(loop.now() + MILLI);
                alarm.set(loop.now() + 40 * MILLI);
                wanted.set(loop.now() + 30 * MILLI);
                alarm.set(wanted.get());
                new Alarm(loop, later::countDown).set(loop.now() + 100 * MILLI);
            });
            Await.until("the last alarm", () -> later.getCount() == 0);
            assertThat(rung).hasValue(1);
            assertThat(early.get()).isNotPositive();
        }
    }

    @Test
    void whatIsTakenBackDoesNotRing() {
        try (Loops loops = Loops.start(Transport.preferred(), 1, Clock.system())) {
            Loop loop = loops.all().getFirst();
            AtomicInteger rung = new AtomicInteger();
            CountDownLatch later = new CountDownLatch(1);
            loop.execute(() -> {
                Alarm alarm = new Alarm(loop, rung::incrementAndGet);
                alarm.set(loop.now() + MILLI);
                alarm.cancel();
                new Alarm(loop, later::countDown).set(loop.now() + 50 * MILLI);
            });
            Await.until("the last alarm", () -> later.getCount() == 0);
            assertThat(rung).hasValue(0);
        }
    }
}
