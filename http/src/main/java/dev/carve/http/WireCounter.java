package dev.carve.http;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.metrics.Metric;
import java.util.EnumMap;
import java.util.Map;

/** The metric that each count of the wire is shown as. Immutable. */
@SuppressWarnings("ArrayRecordComponent") // Passed on as arguments, never compared.
record WireCounter(Metric metric, String... labelValues) {

    private static final Metric REFUSED =
            Metric.counter(
                    "carve_connections_refused_total",
                    "Client connections refused at a bound: of all, or of one address.",
                    "reason");
    private static final Metric CLOSED =
            Metric.counter(
                    "carve_connections_closed_total",
                    "Client connections closed because they were slow, idle or had all their requests.",
                    "reason");
    private static final Metric BYTES =
            Metric.counter(
                    "carve_client_bytes_total",
                    "Bytes of client connections, heads and framing included.",
                    "direction");
    private static final Metric UPSTREAM_BYTES =
            Metric.counter(
                    "carve_upstream_bytes_total",
                    "Bytes of upstream connections, heads and framing included.",
                    "direction");

    private static final Map<Count, WireCounter> ALL = all();

    static WireCounter of(Count count) {
        WireCounter counter = ALL.get(count);
        if (counter == null) {
            throw new IllegalStateException("no metric for " + count);
        }
        return counter;
    }

    private static Map<Count, WireCounter> all() {
        Map<Count, WireCounter> all = new EnumMap<>(Count.class);
        for (Count each : Count.values()) {
            all.put(each, make(each));
        }
        return all;
    }

    private static WireCounter make(Count count) {
        return switch (count) {
            case CONNECTIONS_ACCEPTED ->
                    counter("connections_accepted_total", "Client connections accepted.");
            case CONNECTIONS_OPEN -> gauge("connections_open", "Client connections open.");
            case CONNECTIONS_REFUSED_TOTAL -> new WireCounter(REFUSED, "total");
            case CONNECTIONS_REFUSED_ADDRESS -> new WireCounter(REFUSED, "address");
            case REQUESTS -> counter("wire_requests_total", "Request heads read.");
            case REQUESTS_MALFORMED ->
                    counter("wire_requests_malformed_total", "Requests that were not understood.");
            case BYTES_RECEIVED -> new WireCounter(BYTES, "received");
            case BYTES_SENT -> new WireCounter(BYTES, "sent");
            case HEAD_TIMEOUTS -> new WireCounter(CLOSED, "head_timeout");
            case IDLE_CLOSED -> new WireCounter(CLOSED, "idle");
            case BODY_TIMEOUTS -> new WireCounter(CLOSED, "body_timeout");
            case LAST_REQUESTS -> new WireCounter(CLOSED, "requests");
            case UPSTREAM_OPENED ->
                    counter("upstream_connections_opened_total", "Upstream connections opened.");
            case UPSTREAM_OPEN -> gauge("upstream_connections_open", "Upstream connections open.");
            case UPSTREAM_REUSED ->
                    counter(
                            "upstream_connections_reused_total",
                            "Calls that found an idle upstream connection.");
            case UPSTREAM_FAILED ->
                    counter(
                            "upstream_connections_failed_total",
                            "Upstream connections that could not be opened.");
            case UPSTREAM_BYTES_RECEIVED -> new WireCounter(UPSTREAM_BYTES, "received");
            case UPSTREAM_BYTES_SENT -> new WireCounter(UPSTREAM_BYTES, "sent");
            case BUFFERED_BYTES -> gauge("buffered_bytes", "Bytes that wait for slow readers.");
            case TUNNELS_OPEN -> gauge("tunnels_open", "Connections that left HTTP by upgrade.");
            case DISCARDED_BYTES ->
                    counter(
                            "discarded_bytes_total",
                            "Bytes of request bodies that were read only to be thrown away.");
        };
    }

    private static WireCounter counter(String name, String help) {
        return new WireCounter(Metric.counter("carve_" + name, help));
    }

    private static WireCounter gauge(String name, String help) {
        return new WireCounter(Metric.gauge("carve_" + name, help));
    }
}
