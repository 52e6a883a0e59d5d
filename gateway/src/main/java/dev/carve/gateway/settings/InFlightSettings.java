package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Key;
import dev.carve.config.Range;
import dev.carve.config.Short;
import java.time.Duration;
import java.util.Optional;

/** How many calls of a service may be under way, and who waits for their turn. */
public record InFlightSettings(
        @Doc("Calls under way at once, a number; or leave it to adaptive.")
                @Short
                @Range(min = "1", max = "1000000")
                Optional<Integer> requests,
        @Doc("Finds the number by how much latency grows; instead of requests.")
                Optional<Adaptive> adaptive,
        @Doc("Calls that may wait for their turn; what comes on top is refused at once.")
                @Range(min = "0", max = "100000")
                @Default("100")
                int waiting,
        @Doc("Longest wait.") @Range(min = "1ms", max = "1m") @Default("1s") @Key("wait")
                Duration waitMax) {

    /** Between which bounds the number moves. */
    public record Adaptive(
            @Doc("Fewest calls under way.") @Range(min = "1", max = "1000000") @Default("1")
                    int min,
            @Doc("Most calls under way.") @Range(min = "1", max = "1000000") @Default("1000")
                    int max) {}
}
