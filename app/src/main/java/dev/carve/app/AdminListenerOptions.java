package dev.carve.app;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which admin listener a command speaks to, beside what a file says. Filled by picocli. */
class AdminListenerOptions {

    @Option(
            names = "--admin",
            paramLabel = "HOST:PORT",
            description =
                    "the gateway's admin listener (default: as the file says, else 127.0.0.1:9900)")
    @Nullable String admin;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "for a listener on another machine (default: admin.token of the file)")
    @Nullable String token;

    /**
     * @param config the file that tells what no option does; null for {@code carve.yaml}
     */
    final AdminClient client(@Nullable String config) {
        return new AdminClient(
                AdminTarget.find(new AdminTarget.Asked(admin, token, config), System.getenv()));
    }
}
