package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Range;
import dev.carve.config.Short;
import dev.carve.runtime.Share;
import java.time.Duration;

/** Asking a second instance when the first is late; only for calls that may be repeated. */
public record HedgeSettings(
        @Doc("on, or off where it should be written down that there is none.") @Short @Default("on")
                Switch mode,
        @Doc("Share of the answers of the last ten seconds that were faster.")
                @Range(min = "50%", max = "99.9%")
                @Default("95%")
                Share after,
        @Doc("Answers in that time before such a share means anything.")
                @Range(min = "10", max = "1000000")
                @Default("100")
                int answers,
        @Doc("Hedges for each call.") @Default("5%") Share budget,
        @Doc("Shortest time before a hedge.") @Range(min = "1ms", max = "1m") @Default("5ms")
                Duration min,
        @Doc("Longest time before a hedge.") @Range(min = "1ms", max = "10m") @Default("10s")
                Duration max) {}
