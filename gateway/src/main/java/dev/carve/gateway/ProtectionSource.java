package dev.carve.gateway;

import dev.carve.gateway.protect.Breaker;
import dev.carve.gateway.protect.Ejection;
import dev.carve.gateway.protect.Limit;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.ProtectionView;
import dev.carve.gateway.service.Service;
import dev.carve.runtime.metrics.Metric;
import dev.carve.runtime.metrics.MetricSink;
import dev.carve.runtime.metrics.MetricSource;
import java.util.Map;

/**
 * What protects services and routes, as metrics. What is off has no series.
 *
 * <p>Immutable; any thread.
 */
final class ProtectionSource implements MetricSource {

    private static final Metric BREAKER_STATE =
            Metric.gauge(
                    "carve_breaker_state",
                    "1 for the state that the service's circuit breaker is in, else 0.",
                    "service",
                    "state");
    private static final Metric BREAKER_TRANSITIONS =
            Metric.counter(
                    "carve_breaker_transitions_total",
                    "How often the circuit breaker entered a state.",
                    "service",
                    "to");
    private static final Metric RETRIES_REFUSED =
            Metric.counter(
                    "carve_service_retries_refused_total",
                    "Retries that were not made since the budget was used up.",
                    "service");
    private static final Metric HEDGES =
            Metric.counter(
                    "carve_service_hedges_total",
                    "Calls for which a second instance was asked.",
                    "service");
    private static final Metric HEDGES_WON =
            Metric.counter(
                    "carve_service_hedges_won_total",
                    "Calls whose second instance answered first.",
                    "service");
    private static final Metric HEDGES_REFUSED =
            Metric.counter(
                    "carve_service_hedges_refused_total",
                    "Hedges that were not sent since the budget was used up.",
                    "service");
    private static final Metric EJECTIONS =
            Metric.counter(
                    "carve_instance_ejections_total",
                    "How often an instance was left out since its calls failed.",
                    "service",
                    "instance");

    private static final Limited SERVICE = new Limited("service", "Calls");
    private static final Limited ROUTE = new Limited("route", "Requests");

    private final Registry registry;

    /** What limits of services and of routes have alike. */
    private record Limited(Metric permits, Metric inFlight, Metric waiting, Metric refused) {

        Limited(String of, String what) {
            this(
                    Metric.gauge(
                            "carve_" + of + "_limit_permits",
                            what + " that may be under way at once, at this moment.",
                            of),
                    Metric.gauge(
                            "carve_" + of + "_limit_in_flight",
                            what + " under way within the limit.",
                            of),
                    Metric.gauge(
                            "carve_" + of + "_limit_waiting",
                            what + " that wait for their turn.",
                            of),
                    Metric.counter(
                            "carve_" + of + "_limit_refused_total",
                            what + " refused since no turn would have come in time.",
                            of));
        }

        void tell(MetricSink sink, String name, ProtectionView.LimitView limit) {
            sink.value(permits, limit.permits(), name);
            sink.value(inFlight, limit.inFlight(), name);
            sink.value(waiting, limit.waiting(), name);
            sink.value(refused, (double) limit.refused(), name);
        }
    }

    ProtectionSource(Registry registry) {
        this.registry = registry;
    }

    @Override
    public void collect(MetricSink sink) {
        for (Service each : registry.services()) {
            service(sink, each.name(), each.protectionView());
            for (Instance instance : each.members().instances()) {
                Ejection.Member judged = instance.judged();
                if (judged != null) {
                    sink.value(EJECTIONS, judged.ejections(), each.name(), instance.name());
                }
            }
        }
        for (Map.Entry<String, Limit> each : registry.limits().all().entrySet()) {
            ROUTE.tell(sink, each.getKey(), ProtectionView.LimitView.of(each.getValue(), null));
        }
    }

    private static void service(MetricSink sink, String name, ProtectionView view) {
        ProtectionView.BreakerView breaker = view.breaker();
        if (breaker != null) {
            for (Breaker.State state : Breaker.State.values()) {
                String word = ProtectionView.word(state);
                sink.value(BREAKER_STATE, state == breaker.state() ? 1 : 0, name, word);
                sink.value(BREAKER_TRANSITIONS, (double) breaker.entered(state), name, word);
            }
        }
        ProtectionView.RetriesView retries = view.retries();
        if (retries.made() > 0 || retries.refused() > 0) {
            sink.value(RETRIES_REFUSED, (double) retries.refused(), name);
        }
        ProtectionView.HedgesView hedges = view.hedges();
        if (hedges != null) {
            sink.value(HEDGES, (double) hedges.sent(), name);
            sink.value(HEDGES_WON, (double) hedges.won(), name);
            sink.value(HEDGES_REFUSED, (double) hedges.refused(), name);
        }
        ProtectionView.LimitView limit = view.limit();
        if (limit != null) {
            SERVICE.tell(sink, name, limit);
        }
    }
}
