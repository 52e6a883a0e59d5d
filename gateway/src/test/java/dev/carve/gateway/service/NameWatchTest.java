package dev.carve.gateway.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.service.NameWatch.Outcome;
import dev.carve.gateway.settings.DnsName;
import dev.carve.gateway.settings.DnsSettings;
import dev.carve.http.NameLookup.Answer;
import dev.carve.http.NameLookup.Reason;
import dev.carve.http.NameLookup.Result;
import dev.carve.testkit.ManualClock;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a name is looked up again, and what of it is believed; without time and without sockets. */
class NameWatchTest {

    private static final Answer NONE = new Answer.None(true);
    private static final Answer UNKNOWN = new Answer.None(false);
    private static final Answer FAILED = new Answer.Failed(Reason.SERVER_FAILURE);

    private final ManualClock clock = new ManualClock();
    private final Hands control = new Hands();
    private final Deque<CompletableFuture<Result>> asked = new ArrayDeque<>();
    private final List<String> names = new ArrayList<>();
    private final List<String> changes = new ArrayList<>();
    private NameWatch watch = watch(Duration.ofSeconds(1), Duration.ofMinutes(5));

    /** Runs at once what is to run soon, and keeps what is to run later. */
    private static final class Hands extends ScheduledThreadPoolExecutor {
        final Deque<Runnable> later = new ArrayDeque<>();
        final List<Duration> delays = new ArrayList<>();

        Hands() {
            super(0);
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            later.add(task);
            delays.add(Duration.ofNanos(unit.toNanos(delay)));
            // Nobody waits for it.
            return super.schedule(() -> {}, 0, TimeUnit.NANOSECONDS);
        }
    }

    @BeforeEach
    void begin() {
        watch.prepare();
        watch.begin();
    }

    @AfterEach
    void end() {
        control.shutdownNow();
    }

    private NameWatch watch(Duration ttlMin, Duration ttlMax) {
        return new NameWatch(
                "users",
                settings(ttlMin, ttlMax),
                name -> {
                    names.add(name);
                    CompletableFuture<Result> result = new CompletableFuture<>();
                    asked.add(result);
                    return result;
                },
                new Control(control, clock),
                changes::add);
    }

    private static DnsSettings settings(Duration ttlMin, Duration ttlMax) {
        return new DnsSettings(DnsName.parse("users.test:8000"), Optional.empty(), ttlMin, ttlMax);
    }

    private static List<InetAddress> addresses(String... all) {
        return Stream.of(all).map(InetAddress::ofLiteral).toList();
    }

    private static Answer found(int seconds, String... all) {
        return new Answer.Found(addresses(all), Duration.ofSeconds(seconds));
    }

    /** The look-up under way ends so; the next is begun as soon as its time comes. */
    private Duration answer(Answer v4, Answer v6) {
        asked.remove().complete(new Result(v4, v6));
        Duration delay = control.delays.getLast();
        control.later.remove().run();
        return delay;
    }

    @Test
    void theTimeToLiveDecidesWithinItsBounds() {
        assertThat(answer(found(30, "10.0.0.1"), NONE)).isEqualTo(Duration.ofSeconds(30));
        assertThat(answer(found(30, "10.0.0.1"), found(7, "fd00::1")))
                .isEqualTo(Duration.ofSeconds(7));
        assertThat(answer(found(0, "10.0.0.1"), NONE)).isEqualTo(Duration.ofSeconds(1));
        assertThat(answer(found(86_400, "10.0.0.1"), NONE)).isEqualTo(Duration.ofMinutes(5));
        watch.define(settings(Duration.ofSeconds(10), Duration.ofSeconds(20)));
        assertThat(answer(found(0, "10.0.0.1"), NONE)).isEqualTo(Duration.ofSeconds(10));
        assertThat(answer(found(86_400, "10.0.0.1"), NONE)).isEqualTo(Duration.ofSeconds(20));
        assertThat(names).containsOnly("users.test");
    }

    @Test
    void afterFailuresItAsksLessAndLessOften() {
        List<Duration> delays = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            delays.add(answer(FAILED, FAILED));
        }
        assertThat(delays.stream().map(Duration::toSeconds))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
        answer(found(60, "10.0.0.1"), NONE);
        assertThat(answer(FAILED, FAILED)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void whatIsKnownStaysWhileNothingBetterIsKnown() {
        answer(found(30, "10.0.0.1"), found(30, "fd00::1"));
        for (Answer nothing : List.of(FAILED, NONE, UNKNOWN)) {
            answer(nothing, nothing);
            assertThat(watch.addresses()).isEqualTo(addresses("10.0.0.1", "fd00::1"));
        }
        answer(NONE, FAILED);
        assertThat(watch.addresses()).isEqualTo(addresses("10.0.0.1", "fd00::1"));
        assertThat(changes).containsExactly("users");
    }

    @Test
    void eachFamilyIsBelievedForItself() {
        answer(found(30, "10.0.0.1"), found(30, "fd00::1"));
        answer(found(30, "10.0.0.2"), FAILED);
        assertThat(watch.addresses()).isEqualTo(addresses("10.0.0.2", "fd00::1"));
        assertThat(watch.last()).isEqualTo(Outcome.INCOMPLETE);
        answer(found(30, "10.0.0.2"), NONE);
        assertThat(watch.addresses()).isEqualTo(addresses("10.0.0.2"));
    }

    @Test
    void theOrderOfAnAnswerIsNoChange() {
        answer(found(30, "10.0.0.2", "10.0.0.1"), NONE);
        answer(found(30, "10.0.0.1", "10.0.0.2"), NONE);
        assertThat(changes).containsExactly("users");
        assertThat(watch.addresses()).isEqualTo(addresses("10.0.0.1", "10.0.0.2"));
    }

    @Test
    void eachOutcomeIsCounted() {
        answer(found(30, "10.0.0.1"), NONE);
        answer(NONE, NONE);
        answer(UNKNOWN, UNKNOWN);
        for (Reason each : Reason.values()) {
            answer(new Answer.Failed(each), NONE);
        }
        answer(FAILED, found(1, "fd00::1"));
        for (Outcome each : Outcome.values()) {
            assertThat(watch.count(each)).as(each.code()).isEqualTo(1);
        }
    }

    @Test
    void itIsKnownSinceWhenALookUpEndsAsItDoes() {
        assertThat(watch.last()).isNull();
        answer(FAILED, FAILED);
        clock.advance(Duration.ofSeconds(5));
        answer(FAILED, FAILED);
        assertThat(watch.since()).isEqualTo(clock.now().minusSeconds(5));
        answer(found(1, "10.0.0.1"), NONE);
        assertThat(watch.since()).isEqualTo(clock.now());
    }

    @Test
    void onceStoppedNothingIsAskedOrChanged() {
        watch.stop();
        asked.remove().complete(new Result(found(1, "10.0.0.1"), NONE));
        assertThat(control.later).isEmpty();
        assertThat(watch.addresses()).isEmpty();
        assertThat(changes).isEmpty();
    }

    @Test
    void whatComesBeforeItBeginsIsNoChange() {
        watch = watch(Duration.ofSeconds(1), Duration.ofMinutes(5));
        watch.prepare();
        asked.getLast().complete(new Result(found(30, "10.0.0.1"), NONE));
        watch.awaitFirst(0);
        assertThat(watch.addresses()).isEqualTo(addresses("10.0.0.1"));
        watch.begin();
        assertThat(control.delays).containsExactly(Duration.ofSeconds(30));
        assertThat(changes).isEmpty();
    }

    @Test
    void aFirstAnswerThatIsLateIsTakenWhenItComes() {
        watch.awaitFirst(0);
        assertThat(watch.last()).isNull();
        answer(found(30, "10.0.0.1"), NONE);
        assertThat(watch.addresses()).isEqualTo(addresses("10.0.0.1"));
    }
}
