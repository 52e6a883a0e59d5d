package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Extensions;
import dev.carve.config.Inline;
import dev.carve.config.Range;
import dev.carve.gateway.route.RouteMatch;
import dev.carve.runtime.Size;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A match and what is done with it. */
public record RouteSettings(
        @Doc(
                        "Which requests: [METHOD ][HOST]/path, with {x} for a segment and {x...} for the rest.")
                RouteMatch match,
        @Doc("Its name in metrics, logs and commands; the match if there is none.")
                Optional<String> name,
        @Inline ActionSettings action,
        @Doc("Fields that must be there: a value, or \"*\" for any.") @Default("{}")
                Map<String, String> whenHeaders,
        @Doc("Query parameters that must be there: a value, or \"*\" for any.") @Default("{}")
                Map<String, String> whenQuery,
        @Doc("Who looks after it.") Optional<String> owner,
        @Doc("Time to the answer's head; a client's Carve-Timeout may only shorten it.")
                @Range(min = "1ms", max = "24h")
                Optional<Duration> timeout,
        @Doc("Bytes of a request body, instead of limits.body.") Optional<Size> body,
        @Doc("Requests under way at once, and who waits for their turn; none for no bound.")
                Optional<RouteLimitSettings> limit,
        @Doc(
                        "Bytes of a request body that are kept, so that a request which may be"
                                + " repeated can be sent again; 0B for none.")
                @Range(min = "0B", max = "16MiB")
                @Default("64KiB")
                Size replay,
        @Doc("Fields that are set, added or removed.") @Default("{}") Headers headers,
        @Doc("Another path or host for the upstream.") @Default("{}") Rewrite rewrite,
        @Doc("Whether its requests change nothing, so that they may be sent twice.")
                @Default("false")
                boolean safe,
        @Doc("What happens to a path that can be read in two ways.") @Default("auto") Paths paths,
        Extensions extensions) {

    /** What happens to a path whose raw and decoded form lead to different routes. */
    public enum Paths {
        @Doc("Refused where the route has a policy or a carve, else passed.")
        AUTO,
        @Doc("Refused.")
        REFUSE,
        @Doc("Passed.")
        PASS
    }

    /** Changes to the fields of both directions. */
    public record Headers(
            @Doc("What the upstream gets.") @Default("{}") Fields request,
            @Doc("What the client gets.") @Default("{}") Fields response) {}

    /** Changes to the fields of one direction, applied in this order. */
    public record Fields(
            @Doc("Fields that are taken away.") @Default("[]") List<String> remove,
            @Doc("Fields that get this value and no other.") @Default("{}") Map<String, String> set,
            @Doc("Fields that are added to those there.") @Default("{}") Map<String, String> add) {

        public boolean isEmpty() {
            return remove.isEmpty() && set.isEmpty() && add.isEmpty();
        }
    }

    /** Another path or host for the upstream. */
    public record Rewrite(
            @Doc("Taken away from the start of the path.") Optional<String> stripPrefix,
            @Doc("The new path; the match's variables are filled in. The query stays.")
                    Optional<String> path,
            @Doc("The new Host.") Optional<String> host) {

        public boolean isEmpty() {
            return stripPrefix.isEmpty() && path.isEmpty() && host.isEmpty();
        }
    }
}
