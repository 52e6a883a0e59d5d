package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.gateway.metrics.TrafficMetrics;
import dev.carve.gateway.service.Control;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.gateway.settings.ServiceSettings;
import dev.carve.http.HeadLimits;
import dev.carve.http.Loops;
import dev.carve.http.Transport;
import dev.carve.runtime.Clock;
import dev.carve.runtime.Failure.Kind;
import dev.carve.runtime.admin.AdminView;
import dev.carve.runtime.admin.BadArgumentException;
import dev.carve.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TrafficStatusTest {

    private static final long MILLI = 1_000_000;

    private final Loops loops = Loops.start(Transport.preferred(), 2, Clock.system());
    private final ManualClock clock = new ManualClock();
    private final Control control = Control.own(clock);
    private final Registry registry = new Registry(loops, control);

    @AfterEach
    void close() {
        control.executor().shutdownNow();
        loops.close();
    }

    private void load(String services) {
        registry.prepare(
                        file(
                                RunningGateway.load("services: " + services)
                                        .value(GatewayBlocks.SERVICES)))
                .commit();
    }

    private static Registry.File file(Map<String, ServiceSettings> services) {
        return new Registry.File(services, List.of(), HeadLimits.DEFAULT, Duration.ZERO);
    }

    private TrafficMetrics route(String name) {
        Registry.Update update = registry.prepare(file(Map.of()));
        TrafficMetrics metrics = update.routeMetrics(name);
        update.commit();
        return metrics;
    }

    private TrafficStatus between(@Nullable TrafficSample before, TrafficSample now) {
        return TrafficStatus.of(registry, before, now, Map.of(), Instant.EPOCH);
    }

    private TrafficSample sample(long second) {
        return TrafficSample.take(registry, TimeUnit.SECONDS.toNanos(second));
    }

    private static Traffic traffic(TrafficStatus status, String route) {
        return status.routes().stream()
                .filter(each -> each.name().equals(route))
                .findFirst()
                .orElseThrow()
                .traffic();
    }

    @Test
    void sinceTheStartEverythingIsSummedAndSorted() {
        route("/b").on(0).ended(200, MILLI);
        route("/a").on(0).ended(200, MILLI);
        route("/a").on(1).ended(503, MILLI);
        route("/a").on(1).ended(0, MILLI);
        route("/a").on(0).failed("", Kind.INTERNAL);
        route("/unused");
        TrafficStatus status = between(null, sample(0));

        assertThat(status.routes())
                .extracting(TrafficStatus.RouteStatus::name)
                .containsExactly("/a", "/b");
        Traffic traffic = traffic(status, "/a");
        assertThat(traffic.ended()).isEqualTo(3);
        assertThat(traffic.errors()).as("5xx and no answer").isEqualTo(2);
        assertThat(traffic.failures()).containsExactly(Map.entry("internal", 1L));
        assertThat(traffic.p99()).isBetween(Duration.ofMillis(1), Duration.ofNanos(1_125_001));
        assertThat(traffic.recent()).isEmpty();
        assertThat(status.total().ended()).isEqualTo(4);
        assertThat(status.over()).isEmpty();
    }

    @Test
    void recentIsWhatHappenedBetweenTheTwoLooks() {
        TrafficMetrics.PerLoop of = route("/a").on(0);
        for (int i = 0; i < 100; i++) {
            of.ended(200, 1000 * MILLI);
        }
        of.failed("users", Kind.CONNECT_REFUSED);
        TrafficSample before = sample(0);
        for (int i = 0; i < 3; i++) {
            of.ended(200, MILLI);
        }
        of.ended(502, MILLI);
        of.failed("users", Kind.RESPONSE_TIMEOUT);
        route("/new").on(1).ended(200, MILLI);
        TrafficStatus status = between(before, sample(2));

        assertThat(status.over()).contains(Duration.ofSeconds(2));
        Traffic.Recent recent = traffic(status, "/a").recent().orElseThrow();
        assertThat(recent.ended()).isEqualTo(4);
        assertThat(recent.perSecond()).isEqualTo(2);
        assertThat(recent.errorShare()).isEqualTo(0.25);
        assertThat(recent.failures()).containsExactly(Map.entry("response_timeout", 1L));
        assertThat(recent.p99()).as("the slow ones are over").isLessThan(Duration.ofMillis(2));
        assertThat(traffic(status, "/a").p50()).isGreaterThan(Duration.ofMillis(500));
        assertThat(traffic(status, "/new").recent().orElseThrow().ended()).isOne();
        assertThat(status.total().recent().orElseThrow().perSecond()).isEqualTo(2.5);
    }

    @Test
    void namesThatCameBackWithCountsOfTheirOwnNeverShowLessThanNothing() {
        load("{a: \"http://127.0.0.1:9\"}");
        registry.services().iterator().next().metrics().on(0).ended(200, MILLI);
        TrafficSample before = sample(0);
        load("{}");
        load("{a: \"http://127.0.0.1:9\"}");
        registry.services().iterator().next().metrics().on(0).started();
        Traffic traffic = between(before, sample(1)).services().getFirst().traffic().orElseThrow();
        assertThat(traffic.recent().orElseThrow().ended()).isZero();
        assertThat(traffic.ended()).isZero();
    }

    @Test
    void beyondTheBoundOnlyTheBusiestAreToldAndTheRestIsCounted() {
        Registry.Update update = registry.prepare(file(Map.of()));
        for (int i = 0; i < TrafficSample.NAMES_MAX + 5; i++) {
            TrafficMetrics.PerLoop of = update.routeMetrics("/" + i).on(0);
            of.ended(200, MILLI);
            if (i > 4) {
                of.ended(200, MILLI);
            }
        }
        update.commit();
        TrafficStatus status = between(sample(0), sample(1));
        assertThat(status.routes()).hasSize(TrafficSample.NAMES_MAX);
        assertThat(status.routesLeftOut()).isEqualTo(5);
        assertThat(status.routes())
                .extracting(TrafficStatus.RouteStatus::name)
                .doesNotContain("/0", "/4");
        assertThat(status.total().ended()).isEqualTo(2 * TrafficSample.NAMES_MAX + 5);
    }

    @Test
    void countsOfARemovedServiceAreLetGo() {
        for (int i = 0; i < 100; i++) {
            load("{kept: \"http://127.0.0.1:9\", s" + i + ": \"http://127.0.0.1:9\"}");
            registry.services().forEach(each -> each.metrics().on(0).ended(200, MILLI));
        }
        assertThat(registry.serviceMetrics()).containsOnlyKeys("kept", "s99");
        load("{kept: \"http://127.0.0.1:9\"}");
        assertThat(registry.serviceMetrics()).containsOnlyKeys("kept");
        assertThat(registry.services().iterator().next().metrics().ended()).isEqualTo(100);
    }

    // The views.

    private List<AdminView> views() {
        return new GatewayViews(registry, control, SnapshotBuilder::empty).all();
    }

    private TrafficStatus read(Map<String, String> arguments) {
        return (TrafficStatus) views().getFirst().content().read(arguments);
    }

    @Test
    void instancesTellStateReasonAgeAndWeight() {
        load("{a: {urls: [{url: \"http://127.0.0.1:9\", weight: 3}], slow_start: 10s}}");
        var service = registry.services().iterator().next();
        var instance = service.members().instances().getFirst();
        clock.advance(Duration.ofSeconds(5));
        service.unhealthy(instance, "answered 500");
        clock.advance(Duration.ofSeconds(2));
        ServiceStatus.InstanceStatus bad =
                read(Map.of()).services().getFirst().instances().getFirst();
        assertThat(bad.state()).isEqualTo("unhealthy");
        assertThat(bad.eligible()).isFalse();
        assertThat(bad.reason()).isEqualTo("answered 500");
        assertThat(bad.age()).isEqualTo(Duration.ofSeconds(2));
        assertThat(bad.weight()).contains(3);
        service.healthy(instance);
        clock.advance(Duration.ofSeconds(4));
        ServiceStatus.InstanceStatus starting =
                read(Map.of()).services().getFirst().instances().getFirst();
        assertThat(starting.state()).isEqualTo("starting");
        assertThat(starting.grown()).contains(0.4);
    }

    @Test
    void instanceThatAlwaysWorkedTellsSinceWhenItIsThere() {
        clock.advance(Duration.ofSeconds(5));
        load("{a: \"http://127.0.0.1:9\"}");
        clock.advance(Duration.ofSeconds(3));
        assertThat(read(Map.of()).services().getFirst().instances().getFirst().age())
                .isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void argumentsAreChecked() {
        for (String wrong : List.of("1", "5m", "99ms", "61s", "-1s", "")) {
            assertThatThrownBy(() -> read(Map.of("over", wrong)))
                    .as(wrong)
                    .isInstanceOf(BadArgumentException.class)
                    .hasMessageContaining("from 100ms to 60s");
        }
        assertThatThrownBy(() -> read(Map.of("ower", "1s")))
                .isInstanceOf(BadArgumentException.class)
                .hasMessageContaining("\"ower\" is not known");
    }

    @Test
    void interruptedLookIsGivenUpAtOnce() throws Exception {
        AtomicReference<TrafficStatus> seen = new AtomicReference<>();
        Thread looking = Thread.ofVirtual().start(() -> seen.set(read(Map.of("over", "60s"))));
        looking.interrupt();
        looking.join();
        assertThat(seen.get().over()).isPresent();
    }

    @Test
    void busyControlKeepsNothingButTheWeights() throws Exception {
        load("{a: \"http://127.0.0.1:9\"}");
        CountDownLatch release = new CountDownLatch(1);
        control.execute(() -> {
            try {
                release.await();
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
        });
        ServiceStatus.InstanceStatus told =
                read(Map.of()).services().getFirst().instances().getFirst();
        assertThat(told.state()).isEqualTo("up");
        assertThat(told.weight()).isEmpty();
        AtomicReference<String> late = new AtomicReference<>("nothing");
        Optional<String> answer =
                OnControl.ask(
                        control,
                        Duration.ofMillis(1),
                        () -> {
                            late.set("done");
                            return "done";
                        });
        release.countDown();
        assertThat(OnControl.ask(control, Duration.ofSeconds(30), () -> "now")).contains("now");
        assertThat(answer).isEmpty();
        assertThat(late).as("what was given up is not done later").hasValue("nothing");
    }
}
