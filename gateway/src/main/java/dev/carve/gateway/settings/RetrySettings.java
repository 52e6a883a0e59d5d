package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Range;
import dev.carve.config.Short;
import dev.carve.runtime.Share;
import java.time.Duration;
import java.util.List;

/**
 * What is tried again: failures to connect, connections lost before the answer's head, statuses.
 */
public record RetrySettings(
        @Doc("Tries of one call in all; 1 for no retry.")
                @Short
                @Range(min = "1", max = "10")
                @Default("2")
                int attempts,
        @Doc("Retries for each call, so that they can not multiply the load of an outage.")
                @Default("20%")
                Share budget,
        @Doc("Retries a second beside that, for services with little traffic.")
                @Range(min = "0", max = "1000000")
                @Default("3")
                int budgetMin,
        @Doc("Statuses of answers that are tried again too, if the call may be repeated.")
                @Default("[]")
                List<StatusRange> statuses,
        @Doc("Longest wait before the first retry, a random part of which is waited.")
                @Range(min = "0s", max = "10s")
                @Default("25ms")
                Duration backoff,
        @Doc("To which that doubles from retry to retry.")
                @Range(min = "0s", max = "1m")
                @Default("1s")
                Duration backoffMax,
        @Doc("Longest Retry-After that is waited for; an answer that asks for more is passed on.")
                @Range(min = "0s", max = "5m")
                @Default("5s")
                Duration retryAfter) {}
