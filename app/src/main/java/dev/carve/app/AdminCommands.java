package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code carve reload}, {@code status}, {@code routes}: what a running gateway's admin listener
 * does and shows.
 */
@Command(mixinStandardHelpOptions = true, description = "Asks the running gateway.")
final class AdminCommands implements Callable<Integer> {

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(60);

    /** The commands; a view is read, a command is sent. */
    enum Kind {
        RELOAD("POST"),
        STATUS("GET"),
        ROUTES("GET");

        private final String method;

        Kind(String method) {
            this.method = method;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Streams streams;
    private final Kind kind;

    @Option(
            names = "--admin",
            paramLabel = "HOST:PORT",
            description = "the gateway's admin listener (default: ${DEFAULT-VALUE})",
            defaultValue = "127.0.0.1:9900")
    String admin = "127.0.0.1:9900";

    AdminCommands(Streams streams, Kind kind) {
        this.streams = streams;
        this.kind = kind;
    }

    @Override
    public Integer call() throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(address())
                        .timeout(ANSWER)
                        .method(kind.method, HttpRequest.BodyPublishers.noBody())
                        .build();
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
            HttpResponse<String> answer =
                    client.send(request, HttpResponse.BodyHandlers.ofString());
            boolean good = answer.statusCode() / 100 == 2;
            (good ? streams.out() : streams.err()).println(answer.body().strip());
            return good ? ExitCode.DONE : ExitCode.FAILED;
        } catch (IOException unreachable) {
            streams.err()
                    .println(
                            "carve: no gateway answers at "
                                    + ConfigurationSource.shown(admin)
                                    + " (expected: a running one; --admin HOST:PORT names another)");
            return ExitCode.FAILED;
        }
    }

    private URI address() {
        try {
            return URI.create("http://" + admin + "/api/" + kind.word()).parseServerAuthority();
        } catch (IllegalArgumentException | java.net.URISyntaxException malformed) {
            throw new UsageException(
                    "--admin: \""
                            + ConfigurationSource.shown(admin)
                            + "\" is no address (expected: HOST:PORT)");
        }
    }
}
