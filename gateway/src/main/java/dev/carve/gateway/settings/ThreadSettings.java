package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Range;
import dev.carve.config.Short;

/** The event loops. Read at start only. */
public record ThreadSettings(
        @Doc("Event loops; 0 for one per core.")
                @Short
                @Range(min = "0", max = "1024")
                @Default("0")
                int loops,
        @Doc("How sockets are waited for; auto is epoll on Linux and NIO elsewhere.")
                @Default("auto")
                Sockets transport) {

    /** How sockets are waited for. */
    public enum Sockets {
        AUTO,
        EPOLL,
        IO_URING,
        NIO
    }
}
