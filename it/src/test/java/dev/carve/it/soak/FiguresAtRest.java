package dev.carve.it.soak;

import dev.carve.it.gateway.Scrape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the gateway's own figures must say once its clients have gone and its service was stopped:
 * nothing is open, waits or was lost, and every failure is one that the soak made. Stateless.
 */
final class FiguresAtRest {

    private static final List<String> NOTHING_OF =
            List.of(
                    "carve_upstream_connections_open",
                    "carve_instance_connections_open",
                    "carve_tunnels_open",
                    "carve_buffered_bytes",
                    "carve_requests_in_flight",
                    "carve_service_requests_in_flight",
                    "carve_instance_requests_in_flight",
                    "carve_access_log_dropped_lines_total",
                    "carve_accept_failures_total");

    /**
     * Aborting and malformed clients; a service that closes at random and is away at times; and a
     * machine that does not run a loop for the second that connecting may take. Such an attempt is
     * made again; a client that had to see it says so by itself.
     */
    private static final Set<String> EXPLAINED =
            Set.of(
                    "client_aborted",
                    "bad_request",
                    "connect_refused",
                    "connect_timeout",
                    "upstream_closed",
                    "upstream_reset");

    private FiguresAtRest() {}

    /**
     * @param malformed how many malformed requests were sent since the start
     */
    static List<String> violations(Scrape end, long malformed) {
        List<String> found = new ArrayList<>();
        for (String metric : NOTHING_OF) {
            expect(found, end, metric, 0);
        }
        // The one that asks.
        expect(found, end, "carve_connections_open", 1);
        expect(found, end, "carve_wire_requests_malformed_total", malformed);
        long refused = end.count("carve_failures_total", "code=\"bad_request\"");
        if (refused != malformed) {
            found.add(
                    "carve_failures_total: %d bad_request (expected: %d)"
                            .formatted(refused, malformed));
        }
        Set<String> codes = new TreeSet<>(end.values("carve_failures_total", "code"));
        codes.addAll(end.values("carve_service_failures_total", "code"));
        codes.removeAll(EXPLAINED);
        if (!codes.isEmpty()) {
            found.add("failures that no fault explains: " + codes);
        }
        long counted = end.count("carve_requests_total");
        long timed = end.count("carve_request_duration_seconds_count");
        if (counted != timed || counted == 0) {
            found.add("%d requests counted, %d timed".formatted(counted, timed));
        }
        return found;
    }

    private static void expect(List<String> found, Scrape end, String metric, long value) {
        if (!end.has(metric)) {
            found.add(metric + " is not told");
        } else if (end.count(metric) != value) {
            found.add(
                    "%s is %d at the end (expected: %d)"
                            .formatted(metric, end.count(metric), value));
        }
    }
}
