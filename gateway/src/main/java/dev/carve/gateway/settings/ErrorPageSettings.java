package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Short;

/** A page of the operator's own for one status of the gateway. */
public record ErrorPageSettings(
        @Doc("The page, where {code}, {status} and {request_id} are filled in.") @Short String body,
        @Doc("Its type.") @Default("text/html; charset=utf-8") String type) {}
