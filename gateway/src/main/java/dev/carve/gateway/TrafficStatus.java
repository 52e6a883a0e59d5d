package dev.carve.gateway;

import dev.carve.gateway.metrics.InstanceMetrics;
import dev.carve.gateway.metrics.TrafficMetrics.Totals;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.InstanceWeight;
import dev.carve.gateway.service.Service;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the gateway stands, for people. Immutable.
 *
 * @param over the time that {@code recent} figures are of; absent if there are none
 * @param total of all routes
 * @param services by name
 * @param routes that were used, by name
 * @param routesLeftOut how many more routes were used, and less
 */
record TrafficStatus(
        Optional<Duration> over,
        Traffic total,
        List<ServiceStatus> services,
        List<RouteStatus> routes,
        int routesLeftOut) {

    /** One route. */
    record RouteStatus(String name, Traffic traffic) {}

    /**
     * @param before an earlier sample; null for figures since the start alone
     */
    static TrafficStatus of(
            Registry registry,
            @Nullable TrafficSample before,
            TrafficSample now,
            Map<Instance, InstanceWeight> weights,
            Instant instant) {
        double seconds = before == null ? 0 : (now.nanos() - before.nanos()) / 1e9;
        Totals all = before == null ? null : before.all();
        List<ServiceStatus> services = new ArrayList<>();
        for (Service each : registry.services()) {
            Optional<Traffic> traffic =
                    Optional.ofNullable(now.services().totals().get(each.name()))
                            .map(totals ->
                                    Traffic.of(
                                            totals, earlier(before, true, each.name()), seconds));
            services.add(
                    ServiceStatus.of(
                            each,
                            traffic,
                            weights,
                            instance -> instance(instance, before, now, seconds),
                            registry.discovery().watches().get(each.name()),
                            instant));
        }
        services.sort(Comparator.comparing(ServiceStatus::name));
        List<RouteStatus> routes = new ArrayList<>();
        now.routes()
                .totals()
                .forEach((name, totals) ->
                        routes.add(
                                new RouteStatus(
                                        name,
                                        Traffic.of(
                                                totals, earlier(before, false, name), seconds))));
        routes.sort(Comparator.comparing(RouteStatus::name));
        return new TrafficStatus(
                Optional.ofNullable(before)
                        .map(earlier -> Duration.ofNanos(now.nanos() - earlier.nanos())),
                Traffic.of(now.all(), all, seconds),
                services,
                routes,
                now.routes().leftOut());
    }

    private static Optional<InstanceTraffic> instance(
            Instance instance, @Nullable TrafficSample before, TrafficSample now, double seconds) {
        InstanceMetrics.Totals earlier = before == null ? null : earlier(before, instance);
        return Optional.ofNullable(now.instances().get(instance))
                .map(totals -> InstanceTraffic.of(totals, earlier, seconds));
    }

    private static InstanceMetrics.@Nullable Totals earlier(
            TrafficSample before, Instance instance) {
        InstanceMetrics.Totals known = before.instances().get(instance);
        boolean complete = before.instances().size() < TrafficSample.INSTANCES_MAX;
        return known == null && complete ? new InstanceMetrics.Totals() : known;
    }

    /** What was counted before; nothing if it was not there yet, null if that is not known. */
    private static @Nullable Totals earlier(
            @Nullable TrafficSample before, boolean service, String name) {
        if (before == null) {
            return null;
        }
        TrafficSample.Part part = service ? before.services() : before.routes();
        Totals known = part.totals().get(name);
        return known == null && part.leftOut() == 0 ? new Totals() : known;
    }
}
