package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Expected;
import dev.carve.config.Range;
import dev.carve.config.Short;
import java.net.URI;
import java.util.Optional;

/** One address of a service. */
public record InstanceSettings(
        @Doc(
                        "Where it is: http://HOST:PORT or https://HOST:PORT, or unix:/PATH for a"
                                + " socket in the file system.")
                @Short
                @Expected(ServiceChecks.URL_EXPECTED)
                URI url,
        @Doc("How much it takes beside the others.") @Range(min = "1", max = "1000") @Default("1")
                int weight,
        @Doc("Requests under way at it at once, instead of the service's own setting.")
                @Range(min = "1", max = "1000000")
                Optional<Integer> requests) {}
