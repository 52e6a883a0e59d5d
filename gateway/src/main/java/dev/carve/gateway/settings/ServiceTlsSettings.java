package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import java.util.Optional;

/** How connections to a service are made safe. Files are PEM and read with each load. */
public record ServiceTlsSettings(
        @Doc(
                        "File with the certificates of the authorities that may sign the service's;"
                                + " without it those of the Java runtime.")
                Optional<String> ca,
        @Doc(
                        "The name that is asked for (SNI) and that the service's certificate must be"
                                + " for; without it the host of the URL, or the name of dns.")
                Optional<String> name,
        @Doc("File with the client certificate, followed by those between it and its authority.")
                Optional<String> certificate,
        @Doc("File with the key of the client certificate: PKCS #8 without a password.")
                Optional<String> key,
        @Doc("Whether certificate and name are checked; false believes whoever answers.")
                @Default("true")
                boolean verify) {}
