package dev.carve.gateway;

import dev.carve.gateway.metrics.Histogram;
import dev.carve.gateway.metrics.TrafficMetrics;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.NameWatch;
import dev.carve.gateway.service.Service;
import dev.carve.gateway.service.Standing;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How the gateway stands at one moment, for people: since its start, not over a window.
 *
 * @param services by name
 * @param routes that were used, by name
 */
record TrafficStatus(List<ServiceStatus> services, List<RouteStatus> routes) {

    /**
     * One service with its instances, those that are leaving among them.
     *
     * @param dns where they come from, if it is a name
     */
    record ServiceStatus(
            String name,
            Traffic traffic,
            List<InstanceStatus> instances,
            Optional<DnsStatus> dns) {}

    /**
     * A name whose addresses are instances.
     *
     * @param result how the last look-up ended
     * @param since when look-ups end like that
     */
    record DnsStatus(String name, int addresses, String result, Instant since) {

        static DnsStatus of(NameWatch watch) {
            NameWatch.Outcome last = watch.last();
            return new DnsStatus(
                    watch.name(),
                    watch.addresses().size(),
                    last == null ? "none yet" : last.code(),
                    watch.since());
        }
    }

    /** One instance, with why and since when it stands as it does. */
    record InstanceStatus(
            URI url, int inFlight, int connections, String state, String reason, Instant since) {}

    /** One route. */
    record RouteStatus(String name, Traffic traffic) {}

    /**
     * What was counted.
     *
     * @param p50 at most an eighth too high, as all percentiles here
     */
    record Traffic(
            long ended, long inFlight, long failed, Duration p50, Duration p95, Duration p99) {

        static Traffic of(TrafficMetrics metrics) {
            TrafficMetrics.Totals totals = metrics.totals();
            long failed = 0;
            for (long[] byKind : totals.failures.values()) {
                for (long count : byKind) {
                    failed += count;
                }
            }
            return new Traffic(
                    totals.ended,
                    totals.inFlight,
                    failed,
                    quantile(totals, 0.5),
                    quantile(totals, 0.95),
                    quantile(totals, 0.99));
        }

        private static Duration quantile(TrafficMetrics.Totals totals, double share) {
            return Duration.ofNanos(Histogram.quantileMicros(totals.durations, share) * 1000);
        }
    }

    static TrafficStatus of(Registry registry) {
        List<ServiceStatus> services = new ArrayList<>();
        for (Service each : registry.services()) {
            services.add(
                    new ServiceStatus(
                            each.name(),
                            Traffic.of(each.metrics()),
                            each.shown().stream().map(TrafficStatus::instance).toList(),
                            Optional.ofNullable(registry.discovery().watches().get(each.name()))
                                    .map(DnsStatus::of)));
        }
        services.sort(Comparator.comparing(ServiceStatus::name));
        List<RouteStatus> routes = new ArrayList<>();
        for (Map.Entry<String, TrafficMetrics> each : registry.routeMetrics().entrySet()) {
            if (each.getValue().isUsed()) {
                routes.add(new RouteStatus(each.getKey(), Traffic.of(each.getValue())));
            }
        }
        routes.sort(Comparator.comparing(RouteStatus::name));
        return new TrafficStatus(services, routes);
    }

    private static InstanceStatus instance(Instance instance) {
        Standing standing = instance.standing();
        return new InstanceStatus(
                instance.url(),
                instance.inFlight(),
                instance.upstream().connections(),
                standing.state().name().toLowerCase(Locale.ROOT),
                standing.reason(),
                standing.since());
    }
}
