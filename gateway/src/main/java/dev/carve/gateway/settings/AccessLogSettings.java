package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Range;
import dev.carve.config.Short;
import dev.carve.runtime.Size;
import java.util.List;

/** The access log, which goes to the standard output. */
public record AccessLogSettings(
        @Doc("What a line looks like.") @Short @Default("json") Format format,
        @Doc("Lines that may wait for being written; what comes on top is dropped and counted.")
                @Range(min = "64KiB", max = "1GiB")
                @Default("4MiB")
                Size buffer,
        @Doc("Query parameters whose values are not written, whatever their case.")
                @Default(
                        "[token, access_token, id_token, refresh_token, api_key, apikey, key, secret,"
                                + " password, code, signature, sig]")
                List<String> redact) {

    /** What a line looks like. */
    public enum Format {
        @Doc("One JSON object.")
        JSON,
        @Doc("The common log format with referrer and user agent.")
        COMMON,
        @Doc("No access log.")
        OFF
    }
}
