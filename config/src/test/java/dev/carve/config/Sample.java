package dev.carve.config;

import dev.carve.runtime.Share;
import dev.carve.runtime.Size;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Blocks in the manner of the gateway's, with every kind of component. */
final class Sample {

    private Sample() {}

    record Address(String host, int port) {
        static final String EXPECTED = "an address such as 127.0.0.1:8080 or a port";

        public static Address parse(String text) {
            int colon = text.lastIndexOf(':');
            String host = colon < 0 ? "0.0.0.0" : text.substring(0, colon);
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port > 65535) {
                throw new BadValueException("has a port above 65535");
            }
            return new Address(host, port);
        }
    }

    record Tls(
            @Doc("The certificate chain, a PEM file.") String certificate,
            @Doc("The private key as PEM text.") @Secret String key,
            @Doc("The key's password.") @Secret @Nullable String password) {}

    record Listener(
            @Doc("Where clients connect.") @Short Address address,
            @Doc("Encryption towards clients.") @Nullable Tls tls,
            @Doc("Connections kept open at most.")
                    @Range(min = "1", max = "1000000")
                    @Default("10000")
                    int connections) {}

    enum Balance {
        @Doc("One instance after the other.")
        ROUND_ROBIN,
        @Doc("The instance with the fewest open requests.")
        LEAST_REQUESTS
    }

    record Timeouts(
            @Doc("Time to connect.") @Range(min = "1ms", max = "1m") @Default("250ms")
                    Duration connect,
            @Doc("Time to the response head.") @Default("30s") Duration response) {}

    record Retries(
            @Doc("Attempts in all.") @Range(min = "1", max = "10") @Default("2") int attempts,
            @Doc("Retries as a share of requests.") @Default("20%") Share budget) {}

    record Service(
            @Doc("Where the instances are.") @Short List<URI> urls,
            @Doc("How an instance is chosen.") @Default("round_robin") Balance balance,
            @Doc("How long each step may take.") @Default("{}") Timeouts timeouts,
            @Doc("What is tried again.") Optional<Retries> retries,
            @Doc("How much a token counts.") @Default("1.5") double weight,
            @Doc("Sent upstream.") @Default("{}") Map<String, String> headers) {}

    /** What is done with a request. */
    sealed interface Action {}

    @Key("to")
    @Short
    @Doc("Forwards to a service.")
    record Forward(@Doc("The service.") @Short String service) implements Action {}

    @Key("respond")
    @Doc("Answers by itself.")
    record Respond(
            @Doc("The status.") @Short @Range(min = "200", max = "599") @Default("200") int status,
            @Doc("The body.") @Default("\"\"") String body)
            implements Action {}

    @Key("redirect")
    @Doc("Sends the client elsewhere.")
    record Redirect(
            @Doc("The new place.") @Short String location,
            @Doc("Whether it is for ever.") @Default("false") boolean permanent)
            implements Action {
        Redirect {
            if (location.isEmpty()) {
                throw new BadValueException("the location is empty");
            }
        }
    }

    record Route(
            @Doc("Which requests.") String match,
            @Inline Action action,
            @Doc("Bytes of a body at most.") @Default("10MiB") @Range(max = "1GiB") Size body,
            @Doc("Which paths.") Optional<Pattern> paths,
            @Doc("Who owns it.") @Nullable String owner,
            Extensions extensions) {}

    record Carve(
            @Doc("The new side.") Action to,
            @Doc("The share that is copied.") @Default("100%") Share mirror) {}

    record Shutdown(
            @Doc("Time for open requests.") @Short @Default("10s") Duration grace,
            @Doc("Time before it begins.") @Default("0s") Duration delay) {}

    static final Block<List<Listener>> LISTEN =
            Block.listOf("listen", Listener.class).orElse("8080").doc("Where clients connect.");
    static final Block<Address> ADMIN =
            Block.of("admin", Address.class).doc("Where operators connect.");
    static final Block<Shutdown> SHUTDOWN =
            Block.of("shutdown", Shutdown.class).orElse("{}").doc("How the process ends.");
    static final Block<Map<String, Service>> SERVICES =
            Block.mapOf("services", Service.class).doc("What stands behind.");
    static final Block<List<Route>> ROUTES =
            Block.listOf("routes", Route.class).doc("What is done with requests.");
    static final Block<Carve> CARVE = Block.of("carve", Carve.class).doc("Takes a route out.");

    static final Schema SCHEMA =
            Schema.of(LISTEN, ADMIN, SHUTDOWN, SERVICES, ROUTES, CARVE.in(Route.class));

    /** Each route forwards to a service that exists. */
    static void servicesExist(Loaded loaded, Diagnostics diagnostics) {
        List<Route> routes = loaded.value(ROUTES);
        for (int i = 0; i < routes.size(); i++) {
            if (routes.get(i).action() instanceof Forward(String service)
                    && !loaded.value(SERVICES).containsKey(service)) {
                diagnostics.error(
                        KeyPath.of("routes").index(i).key("to"),
                        "no service " + Display.quote(service));
            }
        }
    }

    static final Loader LOADER =
            Loader.of(SCHEMA)
                    .withChecks(List.<Check>of(Sample::servicesExist))
                    .withReservedVariables(java.util.Set.of("CARVE_JAVA_HOME"));
}
