package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Range;
import dev.carve.config.Short;
import dev.carve.runtime.Share;
import java.time.Duration;
import java.util.List;

/** When an instance whose calls fail one after the other is left out for a time. */
public record EjectionSettings(
        @Doc("on, or off where it should be written down that there is none.") @Short @Default("on")
                Switch mode,
        @Doc("Failures to connect in a row; 0 for never.")
                @Range(min = "0", max = "1000")
                @Default("5")
                int failures,
        @Doc("Time-outs and lost connections in a row; 0 for never.")
                @Range(min = "0", max = "1000")
                @Default("5")
                int timeouts,
        @Doc("Statuses of answers that are failures.") @Default("[]") List<StatusRange> statuses,
        @Doc("Such answers in a row.") @Range(min = "1", max = "1000") @Default("5") int answers,
        @Doc("How long it is left out for the first time; longer with each that follows soon.")
                @Range(min = "10ms", max = "1h")
                @Default("10s")
                Duration time,
        @Doc("The longest of these times.") @Range(min = "10ms", max = "24h") @Default("5m")
                Duration timeMax,
        @Doc("Share of the instances that may be left out; one may always be, the last never.")
                @Default("50%")
                Share share) {}
