package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Short;
import java.util.List;

/** What upstreams are told of the client. */
public record ForwardedSettings(
        @Doc(
                        "on: X-Forwarded-For, -Proto and -Host are replaced, or appended to when the"
                                + " peer is trusted, and X-Request-Id is kept or made; off: nothing"
                                + " is added.")
                @Short
                @Default("on")
                Mode mode,
        @Doc("Peers whose forwarded fields are believed.") @Default("[]") List<Network> trusted,
        @Doc("Whether X-Request-Id is added where the client sent none.") @Default("true")
                boolean requestId,
        @Doc("Whether traceparent is begun where the client sent none.") @Default("false")
                boolean traceparent) {

    /** Whether anything is added. */
    public enum Mode {
        ON,
        OFF
    }
}
