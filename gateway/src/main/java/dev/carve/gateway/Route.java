package dev.carve.gateway;

import dev.carve.gateway.log.Escapes;
import dev.carve.gateway.metrics.TrafficMetrics;
import dev.carve.gateway.protect.Limit;
import dev.carve.gateway.route.RouteMatch;
import dev.carve.gateway.route.RouteTarget;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One route of a snapshot, ready to be run: its action, policies, bounds and edits. Immutable but
 * for its metrics and its limit, which live in the registry under its name.
 */
final class Route implements RouteTarget {

    private final Definition definition;
    private final TrafficMetrics metrics;
    private final @Nullable Limit limit;
    private final Policy[] policies;
    private final byte[] escapedName;

    /**
     * What a route was built from.
     *
     * @param name unique in its snapshot
     * @param bodyBytesMax {@link Long#MAX_VALUE} for no bound
     * @param deadlineNanos from the head's arrival, {@link Long#MAX_VALUE} for none
     * @param replayBytes of a body that are kept to be sent again
     * @param safe whether its requests change nothing
     * @param guarded whether ambiguous paths are refused
     */
    record Definition(
            String name,
            RouteMatch match,
            Action action,
            List<Policy> policies,
            RequestEdits requestEdits,
            FieldEdits responseEdits,
            long bodyBytesMax,
            long deadlineNanos,
            long replayBytes,
            boolean safe,
            boolean guarded) {}

    Route(Definition definition, TrafficMetrics metrics, @Nullable Limit limit) {
        this.definition = definition;
        this.metrics = metrics;
        this.limit = limit;
        this.escapedName = Escapes.json(definition.name());
        this.policies = definition.policies().toArray(new Policy[0]);
    }

    String name() {
        return definition.name();
    }

    /** The name as it stands inside a JSON string. */
    byte[] escapedName() {
        return escapedName;
    }

    RouteMatch match() {
        return definition.match();
    }

    Action action() {
        return definition.action();
    }

    TrafficMetrics metrics() {
        return metrics;
    }

    /** What bounds its requests under way; null for no bound. */
    @Nullable Limit limit() {
        return limit;
    }

    Policy[] policies() {
        return policies;
    }

    long bodyBytesMax() {
        return definition.bodyBytesMax();
    }

    long deadlineNanos() {
        return definition.deadlineNanos();
    }

    long replayBytes() {
        return definition.replayBytes();
    }

    boolean isSafe() {
        return definition.safe();
    }

    @Override
    public boolean guarded() {
        return definition.guarded();
    }

    void editRequest(HeadEdits edits, Exchange exchange) {
        definition.requestEdits().apply(edits, exchange);
    }

    void editResponse(HeadEdits edits, Head head) {
        definition.responseEdits().apply(edits, head);
    }
}
