package dev.carve.gateway;

import dev.carve.gateway.metrics.InstanceMetrics;
import dev.carve.gateway.metrics.TrafficMetrics;
import dev.carve.gateway.metrics.TrafficMetrics.Totals;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Service;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What had been counted of routes and services at one moment; two of them make figures of the time
 * between. Of more than {@value #NAMES_MAX} of a kind only the busiest are kept. Not changed once
 * taken; any thread.
 *
 * @param nanos when it was taken, by the gateway's clock
 * @param all routes together, those not kept too
 * @param instances at most {@value #INSTANCES_MAX}
 */
record TrafficSample(
        long nanos,
        Totals all,
        Part services,
        Part routes,
        Map<Instance, InstanceMetrics.Totals> instances) {

    /** More than people look at; generated routes must not fill memory. */
    static final int NAMES_MAX = 1_000;

    /** About 1 KiB each for as long as somebody looks. */
    static final int INSTANCES_MAX = 5_000;

    /**
     * Those of one kind.
     *
     * @param leftOut how many that were used are not among them
     */
    record Part(Map<String, Totals> totals, int leftOut) {

        private static Part of(Collection<? extends Map.Entry<String, TrafficMetrics>> entries) {
            List<? extends Map.Entry<String, TrafficMetrics>> kept =
                    entries.stream()
                            .filter(each -> each.getValue().isUsed())
                            .sorted(
                                    Comparator.comparingLong(
                                                    (Map.Entry<String, TrafficMetrics> each) ->
                                                            each.getValue().ended())
                                            .reversed())
                            .toList();
            Map<String, Totals> totals = new HashMap<>();
            kept.stream()
                    .limit(NAMES_MAX)
                    .forEach(each -> totals.put(each.getKey(), each.getValue().totals()));
            return new Part(totals, kept.size() - totals.size());
        }
    }

    static TrafficSample take(Registry registry, long nanos) {
        Totals all = new Totals();
        registry.routeMetrics().values().forEach(each -> each.addTo(all));
        List<Map.Entry<String, TrafficMetrics>> services =
                registry.services().stream().map(TrafficSample::entry).toList();
        return new TrafficSample(
                nanos,
                all,
                Part.of(services),
                Part.of(registry.routeMetrics().entrySet()),
                instances(registry));
    }

    private static Map<Instance, InstanceMetrics.Totals> instances(Registry registry) {
        Map<Instance, InstanceMetrics.Totals> totals = new HashMap<>();
        registry.services().stream()
                .sorted(Comparator.comparing(Service::name))
                .flatMap(each -> each.shown().stream())
                .limit(INSTANCES_MAX)
                .forEach(each -> totals.put(each, each.metrics().totals()));
        return totals;
    }

    private static Map.Entry<String, TrafficMetrics> entry(Service service) {
        return Map.entry(service.name(), service.metrics());
    }
}
