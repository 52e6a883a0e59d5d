package dev.carve.gateway;

import dev.carve.gateway.metrics.Histogram;
import dev.carve.gateway.metrics.InstanceMetrics;
import dev.carve.gateway.metrics.TrafficMetrics;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.NameWatch;
import dev.carve.gateway.service.Service;
import dev.carve.runtime.Failure;
import dev.carve.runtime.metrics.Distribution;
import dev.carve.runtime.metrics.Metric;
import dev.carve.runtime.metrics.MetricSink;
import dev.carve.runtime.metrics.MetricSource;
import java.util.Map;

/**
 * The gateway's counts as metrics: exchanges by route, calls by service, what is open by instance.
 * A route counts an exchange once, with its final outcome; a service counts each call, and its
 * failures are those of each attempt. A route or service that never counted has no series. Requests
 * that were too malformed to have a route count as failures of the route {@code (none)} only.
 *
 * <p>Immutable; any thread.
 */
final class TrafficSource implements MetricSource {

    /** Bounds of the buckets shown: from 64 us to 67 s, each twice the one before. */
    private static final int FIRST_BOUND = 6;

    private static final int LAST_BOUND = 26;

    private static final String[] CLASSES = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
    private static final Failure.Kind[] KINDS = Failure.Kind.values();
    private static final NameWatch.Outcome[] LOOKUP_OUTCOMES = NameWatch.Outcome.values();

    private static final Family ROUTES =
            new Family(
                    Metric.counter(
                            "carve_requests_total",
                            "Requests that ended, by status; none if no answer was begun.",
                            "route",
                            "code"),
                    Metric.histogram(
                            "carve_request_duration_seconds",
                            "Time from the request's head to the end of its answer.",
                            "route"),
                    Metric.gauge("carve_requests_in_flight", "Requests under way.", "route"));
    private static final Family SERVICES =
            new Family(
                    Metric.counter(
                            "carve_service_requests_total",
                            "Calls that ended, by status; none if no answer was begun.",
                            "service",
                            "code"),
                    Metric.histogram(
                            "carve_service_request_duration_seconds",
                            "Time of a call with all its attempts.",
                            "service"),
                    Metric.gauge(
                            "carve_service_requests_in_flight", "Calls under way.", "service"));
    private static final Metric FAILURES =
            Metric.counter(
                    "carve_failures_total",
                    "Requests that failed, by the code that the client was told.",
                    "route",
                    "service",
                    "code");
    private static final Metric BYTES =
            Metric.counter(
                    "carve_request_bytes_total",
                    "Body bytes received from clients; bytes sent to them, heads included.",
                    "route",
                    "direction");
    private static final Metric SERVICE_FAILURES =
            Metric.counter(
                    "carve_service_failures_total",
                    "Attempts that failed, those made again included.",
                    "service",
                    "code");
    private static final Metric RETRIES =
            Metric.counter("carve_service_retries_total", "Attempts made again.", "service");
    private static final Metric INSTANCE_IN_FLIGHT =
            Metric.gauge(
                    "carve_instance_requests_in_flight",
                    "Calls under way at an instance.",
                    "service",
                    "instance");
    private static final Metric INSTANCE_CONNECTIONS =
            Metric.gauge(
                    "carve_instance_connections_open",
                    "Connections open to an instance, idle ones included.",
                    "service",
                    "instance");

    private static final Metric INSTANCE_REQUESTS =
            Metric.counter(
                    "carve_instance_requests_total",
                    "Attempts at an instance that ended, with an answer's head or by its fault.",
                    "service",
                    "instance");
    private static final Metric INSTANCE_ERRORS =
            Metric.counter(
                    "carve_instance_errors_total",
                    "Those of them without an answer or with a 5xx status.",
                    "service",
                    "instance");
    private static final Metric INSTANCE_ELIGIBLE =
            Metric.gauge(
                    "carve_instance_eligible",
                    "Whether calls may be sent to an instance.",
                    "service",
                    "instance");

    private static final Metric DNS_LOOKUPS =
            Metric.counter(
                    "carve_dns_lookups_total",
                    "Look-ups of a service's name that ended.",
                    "service",
                    "result");
    private static final Metric DNS_ADDRESSES =
            Metric.gauge("carve_dns_addresses", "Addresses known of a service's name.", "service");

    private final Registry registry;

    /** What routes and services have alike. */
    private record Family(Metric requests, Metric durations, Metric inFlight) {

        void tell(MetricSink sink, String name, TrafficMetrics.Totals totals) {
            for (int i = 0; i < CLASSES.length; i++) {
                if (totals.byClass[i] > 0) {
                    sink.value(requests, (double) totals.byClass[i], name, CLASSES[i]);
                }
            }
            sink.value(inFlight, (double) totals.inFlight, name);
            sink.histogram(durations, distribution(totals), name);
        }
    }

    TrafficSource(Registry registry) {
        this.registry = registry;
    }

    @Override
    public void collect(MetricSink sink) {
        for (Map.Entry<String, TrafficMetrics> each : registry.routeMetrics().entrySet()) {
            if (each.getValue().isUsed()) {
                route(sink, each.getKey(), each.getValue().totals());
            }
        }
        for (Service each : registry.services()) {
            if (each.metrics().isUsed()) {
                service(sink, each.name(), each.metrics().totals());
            }
            each.shown().forEach(instance -> instance(sink, each.name(), instance));
        }
        registry.discovery().watches().forEach((name, watch) -> lookups(sink, name, watch));
    }

    private static void instance(MetricSink sink, String service, Instance instance) {
        String name = instance.name();
        sink.value(INSTANCE_IN_FLIGHT, instance.inFlight(), service, name);
        boolean eligible = instance.standing().state().isEligible();
        sink.value(INSTANCE_ELIGIBLE, eligible ? 1 : 0, service, name);
        sink.value(INSTANCE_CONNECTIONS, instance.connections(), service, name);
        InstanceMetrics.Totals totals = instance.metrics().totals();
        sink.value(INSTANCE_REQUESTS, (double) totals.ended, service, name);
        sink.value(INSTANCE_ERRORS, (double) totals.errors, service, name);
    }

    private static void lookups(MetricSink sink, String service, NameWatch watch) {
        for (NameWatch.Outcome outcome : LOOKUP_OUTCOMES) {
            long count = watch.count(outcome);
            if (count > 0) {
                sink.value(DNS_LOOKUPS, (double) count, service, outcome.code());
            }
        }
        sink.value(DNS_ADDRESSES, watch.addresses().size(), service);
    }

    private static void route(MetricSink sink, String name, TrafficMetrics.Totals totals) {
        ROUTES.tell(sink, name, totals);
        sink.value(BYTES, (double) totals.bytesReceived, name, "received");
        sink.value(BYTES, (double) totals.bytesSent, name, "sent");
        for (Map.Entry<String, long[]> each : totals.failures.entrySet()) {
            for (Failure.Kind kind : KINDS) {
                long count = each.getValue()[kind.ordinal()];
                if (count > 0) {
                    sink.value(FAILURES, (double) count, name, each.getKey(), kind.code());
                }
            }
        }
    }

    private static void service(MetricSink sink, String name, TrafficMetrics.Totals totals) {
        SERVICES.tell(sink, name, totals);
        sink.value(RETRIES, (double) totals.retries, name);
        long[] byKind = totals.failures.get(name);
        for (Failure.Kind kind : KINDS) {
            long count = byKind == null ? 0 : byKind[kind.ordinal()];
            if (count > 0) {
                sink.value(SERVICE_FAILURES, (double) count, name, kind.code());
            }
        }
    }

    /** Joins the fine buckets; exact, since each bound shown is the bound of a fine bucket. */
    static Distribution distribution(TrafficMetrics.Totals totals) {
        int shown = LAST_BOUND - FIRST_BOUND + 1;
        double[] bounds = new double[shown];
        long[] counts = new long[shown + 1];
        int at = 0;
        for (int i = 0; i < shown; i++) {
            long upperMicros = 1L << (FIRST_BOUND + i);
            bounds[i] = upperMicros / 1e6;
            while (at < Histogram.BUCKETS && Histogram.upperMicros(at) <= upperMicros) {
                counts[i] += totals.durations[at++];
            }
        }
        while (at < Histogram.BUCKETS) {
            counts[shown] += totals.durations[at++];
        }
        return new Distribution(bounds, counts, totals.durationMicros / 1e6);
    }
}
