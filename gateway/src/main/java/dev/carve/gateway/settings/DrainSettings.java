package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Range;
import dev.carve.config.Short;
import java.time.Duration;

/** What happens to what a reload took away. */
public record DrainSettings(
        @Doc("How long tunnels of a removed service live on.")
                @Short
                @Range(min = "0s", max = "720h")
                @Default("1h")
                Duration tunnels) {}
