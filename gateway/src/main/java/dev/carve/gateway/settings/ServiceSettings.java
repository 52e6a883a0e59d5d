package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Range;
import dev.carve.config.Short;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A named set of instances that answer the same requests. */
public record ServiceSettings(
        @Doc("Its instances; or dns.") @Short @Default("[]") List<InstanceSettings> urls,
        @Doc("The name whose addresses are its instances, instead of urls.")
                Optional<DnsSettings> dns,
        @Doc("How its https:// URLs are checked; with dns its presence turns TLS on.")
                Optional<ServiceTlsSettings> tls,
        @Doc("How the instance of a call is chosen.") @Default("round_robin")
                BalanceSettings balance,
        @Doc(
                        "How long an instance that is new or has recovered takes to get its full"
                                + " share; 0s for at once. Not with hash.")
                @Range(min = "0s", max = "1h")
                @Default("0s")
                Duration slowStart,
        @Doc("Requests under way at one instance at once; none for no bound.")
                @Range(min = "1", max = "1000000")
                Optional<Integer> requests,
        @Doc("How its instances are asked whether they work; without it they are not.")
                Optional<HealthSettings> health,
        @Doc("Whether /readyz needs an instance of it that works.") @Default("false")
                boolean readiness,
        @Doc("How long each step may take.") @Default("{}") Timeouts timeouts,
        @Doc("What is tried again.") @Default("{}") RetrySettings retries,
        @Doc("Asks a second instance when the first is late; its presence turns it on.")
                Optional<HedgeSettings> hedge,
        @Doc("Holds calls back from the service while it fails; its presence turns it on.")
                Optional<BreakerSettings> breaker,
        @Doc("Leaves an instance out whose calls fail; its presence turns it on.")
                Optional<EjectionSettings> ejection,
        @Doc("Calls under way at once, and who waits for their turn; none for no bound.")
                Optional<InFlightSettings> limit,
        @Doc("Whether the time left is sent along as Carve-Timeout.") @Default("false")
                boolean deadline,
        @Doc("Connections to one instance at once.")
                @Range(min = "1", max = "1000000")
                @Default("4096")
                int connections,
        @Doc("Idle connections that each event loop keeps to one instance for the idle time.")
                @Range(min = "0", max = "10000")
                @Default("4")
                int idleKept,
        @Doc("How long idle connections beyond those are kept.")
                @Range(min = "0s", max = "1h")
                @Default("2s")
                Duration idleExcess) {

    /** How long each step may take. */
    public record Timeouts(
            @Doc("To an open connection.") @Range(min = "1ms", max = "10m") @Default("1s")
                    Duration connect,
            @Doc("From the last byte of the request to the answer's head.")
                    @Range(min = "1ms", max = "24h")
                    @Default("60s")
                    Duration response,
            @Doc("Between two bytes of a body, and of an idle connection.")
                    @Range(min = "1ms", max = "24h")
                    @Default("60s")
                    Duration idle,
            @Doc("Without a byte either way in a tunnel such as a WebSocket.")
                    @Range(min = "1ms", max = "720h")
                    @Default("1h")
                    Duration tunnel) {}
}
