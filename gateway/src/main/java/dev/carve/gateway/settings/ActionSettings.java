package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Key;
import dev.carve.config.Open;
import dev.carve.config.Range;
import dev.carve.config.Short;
import java.util.Map;

/** What is done with a route's calls. Other modules add alternatives of their own. */
@Open
public interface ActionSettings {

    /** Sends the call to a service. */
    @Key("to")
    @Doc("Forwards to a service.")
    record Forward(@Doc("The service's name.") @Short String service) implements ActionSettings {}

    /** Answers by itself. */
    @Key("respond")
    @Doc("Answers by itself.")
    record Respond(
            @Doc("The status.") @Short @Range(min = "200", max = "599") @Default("200") int status,
            @Doc("The body.") @Default("\"\"") String body,
            @Doc("The body's type.") @Default("text/plain; charset=utf-8") String type,
            @Doc("Further fields.") @Default("{}") Map<String, String> headers)
            implements ActionSettings {}

    /** Sends the client elsewhere. */
    @Key("redirect")
    @Doc("Sends the client elsewhere.")
    record Redirect(
            @Doc(
                            "The new place; {host}, {path}, {query} (with its question mark) and the"
                                    + " match's variables are filled in.")
                    @Short
                    String location,
            @Doc("The status: 301, 302, 303, 307 or 308.")
                    @Range(min = "301", max = "308")
                    @Default("308")
                    int status)
            implements ActionSettings {}
}
