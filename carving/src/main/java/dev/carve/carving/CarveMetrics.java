package dev.carve.carving;

import dev.carve.runtime.metrics.Metric;
import dev.carve.runtime.metrics.MetricSink;
import dev.carve.runtime.metrics.MetricSource;

/** What carves count, for the metrics endpoint. Any thread. */
final class CarveMetrics implements MetricSource {

    private static final Metric SHARE =
            Metric.gauge(
                    "carve_shift_share_ratio", "Share of a route's keys at the new side.", "route");
    private static final Metric STAGE =
            Metric.gauge("carve_stage", "1 for the stage that a carve is in.", "route", "stage");
    private static final Metric MIRRORED =
            Metric.counter("carve_mirror_copies_total", "Copies of requests sent.", "route");
    private static final Metric SKIPPED =
            Metric.counter(
                    "carve_mirror_skipped_total",
                    "Requests not copied, or not compared, by reason.",
                    "route",
                    "reason");
    private static final Metric COMPARED =
            Metric.counter(
                    "carve_compared_total",
                    "Pairs of answers compared, by result.",
                    "route",
                    "result");
    private static final Metric FALLBACKS =
            Metric.counter(
                    "carve_fallbacks_total",
                    "Requests that the old side answered since the new one failed.",
                    "route");
    private static final Metric REPLAYED =
            Metric.counter(
                    "carve_replayed_total",
                    "Kept requests sent again, by result.",
                    "route",
                    "result");
    private static final Metric MEMORY =
            Metric.gauge("carve_mirror_memory_bytes", "What all copies hold together.");
    private static final Metric COPIES =
            Metric.gauge("carve_mirror_copies_in_flight", "Copies under way.");

    private final Carves carves;

    CarveMetrics(Carves carves) {
        this.carves = carves;
    }

    @Override
    public void collect(MetricSink sink) {
        sink.value(MEMORY, (double) carves.budget().heldBytes());
        sink.value(COPIES, carves.budget().copiesUnderWay());
        for (Carve each : carves.all()) {
            String route = each.route();
            sink.value(SHARE, each.state().share().fraction(), route);
            sink.value(STAGE, 1, route, each.state().stage().text());
            sink.value(MIRRORED, (double) each.counts().mirrored(), route);
            sink.value(FALLBACKS, (double) each.counts().fallbacks(), route);
            Findings findings = each.findings();
            sink.value(COMPARED, (double) findings.same(), route, "same");
            sink.value(COMPARED, (double) findings.mismatches(), route, "mismatch");
            sink.value(COMPARED, (double) findings.noisy(), route, "noise");
            sink.value(COMPARED, (double) findings.skipped(), route, "skipped");
            for (Replay.Verdict result : Replay.Verdict.values()) {
                sink.value(REPLAYED, (double) each.replayed().of(result), route, result.code());
            }
            for (Skip why : Skip.values()) {
                sink.value(SKIPPED, (double) each.counts().skipped(why), route, why.code());
            }
        }
    }
}
