package dev.carve.gateway;

import dev.carve.gateway.metrics.Histogram;
import dev.carve.gateway.metrics.TrafficMetrics.Totals;
import dev.carve.runtime.Failure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was counted of one route or service since the start, and lately. Immutable.
 *
 * @param ended requests of a route, calls of a service
 * @param errors of those, the ones that ended with a 5xx status or without any answer
 * @param failures by code; of a service those of each attempt, the ones made again included
 * @param p50 at most an eighth too high, as all percentiles here
 * @param recent over the time that was asked for
 */
record Traffic(
        long ended,
        long errors,
        long inFlight,
        long retries,
        Map<String, Long> failures,
        Duration p50,
        Duration p95,
        Duration p99,
        Optional<Recent> recent) {

    private static final Failure.Kind[] KINDS = Failure.Kind.values();
    private static final int NO_ANSWER = 0;
    private static final int SERVER_ERROR = 5;

    /** The same of a short time that has just passed. */
    record Recent(
            long ended,
            double perSecond,
            double errorShare,
            long retries,
            Map<String, Long> failures,
            Duration p50,
            Duration p95,
            Duration p99) {}

    /**
     * @param before the earlier counts of the same; null for none
     * @param seconds between the two
     */
    static Traffic of(Totals now, @Nullable Totals before, double seconds) {
        return new Traffic(
                now.ended,
                errors(now),
                now.inFlight,
                now.retries,
                failures(now),
                quantile(now.durations, 0.5),
                quantile(now.durations, 0.95),
                quantile(now.durations, 0.99),
                Optional.ofNullable(before).map(earlier -> recent(now, earlier, seconds)));
    }

    private static Recent recent(Totals now, Totals before, double seconds) {
        long[] durations = new long[now.durations.length];
        for (int i = 0; i < durations.length; i++) {
            durations[i] = rise(now.durations[i], before.durations[i]);
        }
        long ended = rise(now.ended, before.ended);
        long errors = rise(errors(now), errors(before));
        Map<String, Long> earlier = failures(before);
        Map<String, Long> failures = new LinkedHashMap<>();
        failures(now)
                .forEach((code, count) -> {
                    long more = rise(count, earlier.getOrDefault(code, 0L));
                    if (more > 0) {
                        failures.put(code, more);
                    }
                });
        return new Recent(
                ended,
                seconds > 0 ? ended / seconds : 0,
                ended > 0 ? Math.min(1, (double) errors / ended) : 0,
                rise(now.retries, before.retries),
                failures,
                quantile(durations, 0.5),
                quantile(durations, 0.95),
                quantile(durations, 0.99));
    }

    /** Loops write while others read, and a name can come back with counts of its own. */
    private static long rise(long now, long before) {
        return Math.max(0, now - before);
    }

    private static long errors(Totals totals) {
        return totals.byClass[NO_ANSWER] + totals.byClass[SERVER_ERROR];
    }

    private static Map<String, Long> failures(Totals totals) {
        Map<String, Long> byCode = new LinkedHashMap<>();
        for (Failure.Kind kind : KINDS) {
            long count = 0;
            for (long[] ofService : totals.failures.values()) {
                count += ofService[kind.ordinal()];
            }
            if (count > 0) {
                byCode.put(kind.code(), count);
            }
        }
        return byCode;
    }

    private static Duration quantile(long[] durations, double share) {
        return Duration.ofNanos(Histogram.quantileMicros(durations, share) * 1000);
    }
}
