package dev.carve.gateway.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.balance.Picker;
import dev.carve.gateway.metrics.TrafficMetrics;
import dev.carve.gateway.service.Standing.State;
import dev.carve.http.Loops;
import dev.carve.http.Transport;
import dev.carve.http.Upstream;
import dev.carve.http.UpstreamSettings;
import dev.carve.runtime.Clock;
import dev.carve.testkit.ManualClock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServiceTest {

    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final Loops loops = Loops.start(Transport.NIO, 1, Clock.system());
    private final ManualClock clock = new ManualClock();
    private final Control control = new Control(new ScheduledThreadPoolExecutor(0), clock);
    private final Instance a = instance(1);
    private final Instance b = instance(2);
    private final Instance c = instance(3);

    /** The test is the control thread, and refreshes when it wants. */
    @BeforeEach
    void takeControl() {
        control.executor().shutdown();
    }

    @AfterEach
    void close() {
        loops.close();
    }

    private Instance instance(int number) {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), number);
        return new Instance(
                URI.create("http://127.0.0.1:" + number),
                new Upstream(loops, address, UpstreamSettings.DEFAULT));
    }

    private Service service(Balance balance, Instance... instances) {
        return new Service("s", new TrafficMetrics(1), members(balance, instances), control);
    }

    private static Service.Members members(Balance balance, Instance... instances) {
        return new Service.Members(List.of(instances), balance, 2, false, WINDOW, false, false);
    }

    private Service turns(Instance... instances) {
        return service(new Balance.RoundRobin(), instances);
    }

    private static Map<Instance, Integer> picks(Service service, int count) {
        Map<Instance, Integer> counts = new HashMap<>();
        for (int i = 0; i < count; i++) {
            Instance picked = service.pick(Picker.NO_KEY, i, null);
            if (picked != null) {
                counts.merge(picked, 1, Integer::sum);
            }
        }
        return counts;
    }

    @Test
    void weightsOfTheFileDecideTheShares() {
        a.define(3, Instance.UNBOUNDED);
        assertThat(picks(turns(a, b), 400)).isEqualTo(Map.of(a, 300, b, 100));
    }

    @Test
    void unhealthyDrainedAndDisabledInstancesGetNoCalls() {
        Service service = turns(a, b, c);
        service.unhealthy(a, "status 500");
        assertThat(picks(service, 100)).isEqualTo(Map.of(b, 50, c, 50));
        service.drain(b, "release");
        assertThat(picks(service, 100)).isEqualTo(Map.of(c, 100));
        service.disable(c, "");
        assertThat(picks(service, 100)).isEmpty();
        assertThat(service.isUsable()).isFalse();
    }

    @Test
    void standingTellsStateReasonAndSinceWhen() {
        Service service = turns(a, b);
        assertThat(a.standing()).isEqualTo(new Standing(State.UP, "", clock.now()));
        clock.advance(Duration.ofSeconds(5));
        service.unhealthy(a, "status 500");
        Instant since = clock.now();
        clock.advance(Duration.ofSeconds(5));
        service.unhealthy(a, "time-out");
        assertThat(a.standing()).isEqualTo(new Standing(State.UNHEALTHY, "time-out", since));
    }

    @Test
    void anOperatorsWordGoesBeforeVerdictsAndIsTakenBack() {
        Service service = turns(a, b);
        service.unhealthy(a, "status 500");
        service.drain(a, "release");
        assertThat(a.standing().state()).isEqualTo(State.DRAINING);
        service.healthy(a);
        assertThat(a.standing().state()).isEqualTo(State.DRAINING);
        service.enable(a);
        assertThat(a.standing().state()).isEqualTo(State.STARTING);
    }

    @Test
    void theLastEligibleInstanceIsNeverEjected() {
        Service service = turns(a, b);
        assertThat(service.eject(a, "5 time-outs")).isTrue();
        assertThat(service.eject(b, "5 time-outs")).isFalse();
        assertThat(picks(service, 10)).isEqualTo(Map.of(b, 10));
        assertThat(turns(c).eject(c, "5 time-outs")).isFalse();
    }

    @Test
    void anEjectedInstanceReturnsWhenItIsTheLastThatWorks() {
        Service service = turns(a, b);
        service.eject(a, "5 time-outs");
        service.unhealthy(b, "status 500");
        assertThat(picks(service, 10)).isEqualTo(Map.of(a, 10));
        assertThat(a.standing().state()).isEqualTo(State.UP);
    }

    @Test
    void recoveredInstancesShareGrows() {
        Service service = turns(a, b);
        service.unhealthy(a, "status 500");
        service.healthy(a);
        assertThat(a.standing().state()).isEqualTo(State.STARTING);
        assertThat(picks(service, 1100)).isEqualTo(Map.of(a, 100, b, 1000));
        clock.advance(WINDOW.dividedBy(2));
        service.refresh();
        assertThat(service.isStarting()).isTrue();
        assertThat(picks(service, 1500)).isEqualTo(Map.of(a, 500, b, 1000));
        clock.advance(WINDOW.dividedBy(2));
        service.refresh();
        assertThat(service.isStarting()).isFalse();
        assertThat(picks(service, 200)).isEqualTo(Map.of(a, 100, b, 100));
        assertThat(a.standing().state()).isEqualTo(State.UP);
    }

    @Test
    void restoredInstancesShareGrows() {
        Service service = turns(a, b);
        service.eject(a, "5 time-outs");
        service.restore(a);
        assertThat(picks(service, 110)).isEqualTo(Map.of(a, 10, b, 100));
    }

    @Test
    void onlyInstancesThatANewListAddsStartSlowly() {
        Service service = turns(a, b);
        assertThat(picks(service, 100)).isEqualTo(Map.of(a, 50, b, 50));
        service.replace(members(new Balance.RoundRobin(), b, c));
        assertThat(picks(service, 110)).isEqualTo(Map.of(b, 100, c, 10));
    }

    @Test
    void slowStartLeavesTheKeysOfAHashWhereTheyBelong() {
        Balance hash = new Balance.Hash(RequestKey.header("X-User"));
        Service service = service(hash, a, b);
        Map<Long, Instance> before = new HashMap<>();
        for (long key = 1; key < 1000; key++) {
            before.put(key << 54, service.pick(key << 54, 0, null));
        }
        service.unhealthy(a, "status 500");
        service.healthy(a);
        assertThat(service.isStarting()).isFalse();
        before.forEach((key, picked) -> assertThat(service.pick(key, 0, null)).isSameAs(picked));
    }

    @Test
    void anInstanceAtItsBoundIsLeftOutUntilACallEnds() {
        a.define(1, 2);
        b.define(1, 1);
        Service service = turns(a, b);
        assertThat(a.begin(loops.all().getFirst(), false)).isNotNull();
        assertThat(a.begin(loops.all().getFirst(), false)).isNotNull();
        assertThat(a.begin(loops.all().getFirst(), false)).isNull();
        assertThat(picks(service, 10)).isEqualTo(Map.of(b, 10));
        assertThat(b.begin(loops.all().getFirst(), false)).isNotNull();
        assertThat(service.pick(Picker.NO_KEY, 0, null)).isNull();
        assertThat(service.isUsable()).isTrue();
        a.end();
        assertThat(picks(service, 10)).isEqualTo(Map.of(a, 10));
        assertThat(a.inFlight()).isEqualTo(1);
    }

    @Test
    void readyMeansUsableAndWhereThereAreChecksThatOnePassed() {
        Service unchecked = turns(a);
        assertThat(unchecked.isReady()).isTrue();
        Service.Members members =
                new Service.Members(
                        List.of(b, c), new Balance.RoundRobin(), 2, false, WINDOW, true, true);
        Service checked = new Service("s", new TrafficMetrics(1), members, control);
        assertThat(checked.isReady()).isFalse();
        checked.unhealthy(b, "status 500");
        assertThat(checked.isReady()).isFalse();
        checked.healthy(c);
        assertThat(checked.isReady()).isTrue();
        checked.unhealthy(c, "status 500");
        assertThat(checked.isReady()).isFalse();
    }
}
