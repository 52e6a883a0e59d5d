package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Range;
import dev.carve.config.Short;

/** One listening socket. */
public record ListenSettings(
        @Doc("Where clients connect.") @Short Address address,
        @Doc("Connections that wait for being accepted, at most.")
                @Range(min = "1", max = "65535")
                @Default("4096")
                int backlog) {}
