package dev.carve.gateway;

import dev.carve.gateway.protect.Breaker;
import dev.carve.gateway.service.ProtectionView;
import dev.carve.gateway.service.ProtectionView.HedgesView;
import dev.carve.gateway.service.ProtectionView.LimitView;
import dev.carve.gateway.service.ProtectionView.RetriesView;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What protects one service, as operators see it. Absent is what the file does not turn on.
 * Immutable.
 *
 * @param ejections of all its instances, those that are there now
 */
record ProtectionStatus(
        Optional<BreakerStatus> breaker,
        Optional<LimitView> limit,
        RetriesView retries,
        Optional<HedgesView> hedges,
        Optional<Long> ejections) {

    /**
     * A circuit breaker.
     *
     * @param age how long it has been standing so
     * @param entered how often each state was entered
     */
    record BreakerStatus(
            Breaker.State state,
            String reason,
            Instant since,
            Duration age,
            Map<String, Long> entered) {

        private static BreakerStatus of(ProtectionView.BreakerView view, Instant now) {
            Map<String, Long> entered = new LinkedHashMap<>();
            for (Breaker.State each : Breaker.State.values()) {
                entered.put(ProtectionView.word(each), view.entered(each));
            }
            return new BreakerStatus(
                    view.state(),
                    view.reason(),
                    view.since(),
                    ServiceStatus.age(view.since(), now),
                    entered);
        }
    }

    static ProtectionStatus of(ProtectionView view, Optional<Long> ejections, Instant now) {
        return new ProtectionStatus(
                Optional.ofNullable(view.breaker()).map(each -> BreakerStatus.of(each, now)),
                Optional.ofNullable(view.limit()),
                view.retries(),
                Optional.ofNullable(view.hedges()),
                ejections);
    }
}
