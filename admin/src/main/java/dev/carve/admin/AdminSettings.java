package dev.carve.admin;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Range;
import dev.carve.config.Secret;
import dev.carve.config.Short;
import java.util.List;
import java.util.Optional;

/** The admin listener. */
public record AdminSettings(
        @Doc("Where it listens; a port alone is on loopback; off for no admin listener.")
                @Short
                @Default("127.0.0.1:9900")
                AdminAddress address,
        @Doc(
                        "What callers from other machines must send as Authorization: Bearer. Without"
                                + " it, changes can be made from this machine only.")
                @Secret
                Optional<String> token,
        @Doc("Names, besides localhost and addresses, that callers on this machine may use.")
                @Default("[]")
                List<String> hosts,
        @Doc("Calls that are answered at once.") @Range(min = "1", max = "1000") @Default("16")
                int concurrency,
        @Doc("Connections at once.") @Range(min = "1", max = "10000") @Default("256")
                int connections) {}
