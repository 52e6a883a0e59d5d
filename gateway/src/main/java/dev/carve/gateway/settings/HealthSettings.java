package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Range;
import dev.carve.config.Short;
import dev.carve.runtime.Share;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How instances are asked whether they work. */
public record HealthSettings(
        @Doc("What is asked for: a path with perhaps a query.") @Short String path,
        @Doc("The request's method.") @Default("GET") String method,
        @Doc("Further fields; Host is that of the instance unless it is among them.") @Default("{}")
                Map<String, String> headers,
        @Doc("How often.") @Range(min = "100ms", max = "1h") @Default("5s") Duration every,
        @Doc("How much sooner or later than that, at random, so that checks do not meet.")
                @Range(max = "50%")
                @Default("10%")
                Share jitter,
        @Doc("From connecting to the end of the answer.")
                @Range(min = "10ms", max = "10m")
                @Default("1s")
                Duration timeout,
        @Doc("Good answers in a row that make an unhealthy instance healthy.")
                @Range(min = "1", max = "100")
                @Default("2")
                int rise,
        @Doc("Failures in a row that make it unhealthy. The very first check decides alone.")
                @Range(min = "1", max = "100")
                @Default("3")
                int fall,
        @Doc("Statuses of a good answer.") @Default("[200-299]") List<StatusRange> status,
        @Doc("What the first 16 KiB of a good answer's body hold.") Optional<String> body) {}
