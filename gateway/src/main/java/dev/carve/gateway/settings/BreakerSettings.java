package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Range;
import dev.carve.config.Short;
import dev.carve.runtime.Share;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** When calls are held back from a service that fails, and how they come back. */
public record BreakerSettings(
        @Doc("on, or off where it should be written down that there is none.") @Short @Default("on")
                Switch mode,
        @Doc(
                        "Share of the attempts of the last ten seconds, alone or with the health checks, that must fail.")
                @Range(min = "1%")
                @Default("50%")
                Share share,
        @Doc(
                        "Attempts in that time, alone or with the health checks, before a share means anything.")
                @Range(min = "1", max = "1000000")
                @Default("20")
                int calls,
        @Doc("Time without any call, which doubles while probes fail.")
                @Range(min = "10ms", max = "1h")
                @Default("5s")
                Duration open,
        @Doc("To which that doubles.") @Range(min = "10ms", max = "1h") @Default("1m")
                Duration openMax,
        @Doc("Calls that are then let through and must succeed.")
                @Range(min = "1", max = "1000")
                @Default("3")
                int probes,
        @Doc("Time without an answer after which such a call, once it is sent, has failed.")
                @Range(min = "10ms", max = "1h")
                @Default("10s")
                Duration probeTimeout,
        @Doc("Time in which traffic then grows from a tenth to all of it.")
                @Range(min = "0s", max = "1h")
                @Default("10s")
                Duration ramp,
        @Doc("Time to the answer's head, upload left out, that is a failure; none for never.")
                @Range(min = "1ms", max = "1h")
                Optional<Duration> slow,
        @Doc("Statuses of answers that are failures.") @Default("[]") List<StatusRange> statuses) {}
