package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Range;
import dev.carve.config.Short;
import java.time.Duration;
import java.util.Optional;

/** Instances that are the addresses of a name, looked up again and again. */
public record DnsSettings(
        @Doc("The name, and the port at each of its addresses.") @Short DnsName name,
        @Doc(
                        "The name server that is asked, as 127.0.0.1:8600; without it those of"
                                + " /etc/resolv.conf.")
                Optional<Address> server,
        @Doc("The name is looked up no sooner than this again, however short its time to live.")
                @Range(min = "1s", max = "1h")
                @Default("1s")
                Duration ttlMin,
        @Doc("The name is looked up after this at the latest, however long its time to live.")
                @Range(min = "1s", max = "24h")
                @Default("5m")
                Duration ttlMax) {}
