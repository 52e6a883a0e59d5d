package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Key;
import dev.carve.config.Range;
import dev.carve.config.Short;
import java.time.Duration;

/** How many requests of a route may be under way, and who waits for their turn. */
public record RouteLimitSettings(
        @Doc("Requests under way at once.") @Short @Range(min = "1", max = "1000000") int requests,
        @Doc("Requests that may wait for their turn; what comes on top is refused at once.")
                @Range(min = "0", max = "100000")
                @Default("100")
                int waiting,
        @Doc("Longest wait.") @Range(min = "1ms", max = "1m") @Default("1s") @Key("wait")
                Duration waitMax) {}
