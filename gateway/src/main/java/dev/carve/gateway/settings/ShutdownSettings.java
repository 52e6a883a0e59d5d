package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Range;
import dev.carve.config.Short;
import java.time.Duration;

/** How the process ends. */
public record ShutdownSettings(
        @Doc("Time for what is open to be finished.")
                @Short
                @Range(min = "0s", max = "1h")
                @Default("10s")
                Duration grace,
        @Doc("Time between /readyz turning false and the end of accepting.")
                @Range(min = "0s", max = "1h")
                @Default("0s")
                Duration delay) {}
