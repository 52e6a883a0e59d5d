package dev.carve.gateway.settings;

import dev.carve.config.Alternative;
import dev.carve.config.Block;
import dev.carve.config.Registration;
import java.util.List;
import java.util.Map;

/** The blocks of the file that belong to the gateway. */
public final class GatewayBlocks {

    public static final Block<List<ListenSettings>> LISTEN =
            Block.listOf("listen", ListenSettings.class)
                    .orElse("8080")
                    .doc("Where clients connect: a port, an address, or a list.");
    public static final Block<LimitSettings> LIMITS =
            Block.of("limits", LimitSettings.class).orElse("{}").doc("What clients may take.");
    public static final Block<ForwardedSettings> FORWARDED =
            Block.of("forwarded", ForwardedSettings.class)
                    .orElse("{}")
                    .doc("What upstreams are told of the client.");
    public static final Block<Map<String, ServiceSettings>> SERVICES =
            Block.mapOf("services", ServiceSettings.class)
                    .doc("Named sets of instances that answer the same requests.");
    public static final Block<List<RouteSettings>> ROUTES =
            Block.listOf("routes", RouteSettings.class).doc("What is done with which requests.");
    public static final Block<Map<String, ErrorPageSettings>> ERRORS =
            Block.mapOf("errors", ErrorPageSettings.class)
                    .doc("Pages for failures of the gateway, by status.");
    public static final Block<AccessLogSettings> ACCESS_LOG =
            Block.of("access_log", AccessLogSettings.class)
                    .orElse("{}")
                    .doc("The access log, on the standard output.");
    public static final Block<ShutdownSettings> SHUTDOWN =
            Block.of("shutdown", ShutdownSettings.class).orElse("{}").doc("How the process ends.");
    public static final Block<DrainSettings> DRAIN =
            Block.of("drain", DrainSettings.class)
                    .orElse("{}")
                    .doc("What happens to what a reload took away.");
    public static final Block<ThreadSettings> THREADS =
            Block.of("threads", ThreadSettings.class)
                    .orElse("{}")
                    .doc("The event loops; read at start only.");
    public static final Block<Platform> PLATFORM =
            Block.of("platform", Platform.class)
                    .orElse("none")
                    .doc("Presets for the place where the process runs.");

    private GatewayBlocks() {}

    /** All of them, in the order in which they are rendered. */
    public static List<Registration> all() {
        return List.of(
                LISTEN,
                PLATFORM,
                THREADS,
                LIMITS,
                FORWARDED,
                SERVICES,
                ROUTES,
                ERRORS,
                ACCESS_LOG,
                SHUTDOWN,
                DRAIN,
                new Alternative<>(ActionSettings.class, ActionSettings.Forward.class),
                new Alternative<>(ActionSettings.class, ActionSettings.Respond.class),
                new Alternative<>(ActionSettings.class, ActionSettings.Redirect.class));
    }
}
