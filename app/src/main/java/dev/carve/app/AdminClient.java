package dev.carve.app;

import dev.carve.admin.AdminAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Speaks to the admin listener of a running gateway. One thread; closed when the command ends. */
final class AdminClient implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(90);
    private static final long ANSWER_BYTES_MAX = 64L << 20;
    private static final int CAUSES_MAX = 8;

    private final AdminTarget target;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .connectTimeout(CONNECT)
                    .version(HttpClient.Version.HTTP_1_1)
                    // What the gateway says of itself goes through nobody else's hands.
                    .proxy(HttpClient.Builder.NO_PROXY)
                    .build();

    /**
     * What the gateway answered, well or with a refusal of its own.
     *
     * @param text the body as it came
     * @param tree the same, read
     */
    record Reply(int status, String text, JsonTree tree) {

        boolean isGood() {
            return status / 100 == 2;
        }

        /** What it did, or why it did not. */
        String told() {
            JsonTree result = tree.get("result");
            return result.isAbsent() ? tree.get("message").text() : result.text();
        }
    }

    AdminClient(AdminTarget target) {
        this.target = target;
    }

    AdminTarget target() {
        return target;
    }

    /**
     * Reads a view.
     *
     * @throws AdminException if it can not be had, for whatever reason
     */
    Reply read(String view, Map<String, String> arguments) throws InterruptedException {
        String query = arguments.isEmpty() ? "" : "?" + form(arguments);
        Reply reply = send(request(view + query).GET().build());
        if (!reply.isGood()) {
            throw new AdminException(at() + " refuses: " + reply.told());
        }
        return reply;
    }

    /**
     * Has something done; a refusal of the command itself is a reply.
     *
     * @throws AdminException if it could not be asked
     */
    Reply run(String command, Map<String, String> arguments) throws InterruptedException {
        return send(
                request(command)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form(arguments)))
                        .build());
    }

    private static String form(Map<String, String> arguments) {
        return arguments.entrySet().stream()
                .map(each -> encode(each.getKey()) + "=" + encode(each.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private HttpRequest.Builder request(String call) {
        URI uri;
        try {
            uri = new URI("http://" + target.shown() + "/api/" + call).parseServerAuthority();
        } catch (URISyntaxException malformed) {
            throw new UsageException(
                    target.addressFrom()
                            + ": \""
                            + ConfigurationSource.shown(target.shown())
                            + "\" is no address (expected: HOST:PORT)");
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(ANSWER);
        target.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        return request;
    }

    private Reply send(HttpRequest request) throws InterruptedException {
        HttpResponse<String> answer;
        try {
            answer =
                    http.send(
                            request,
                            HttpResponse.BodyHandlers.limiting(
                                    HttpResponse.BodyHandlers.ofString(), ANSWER_BYTES_MAX));
        } catch (IOException unreachable) {
            throw new AdminException(
                    "no gateway answers at "
                            + ConfigurationSource.shown(target.toString())
                            + ": "
                            + reason(unreachable)
                            + " (expected: a running one; --admin HOST:PORT names another)");
        }
        JsonTree tree = JsonTree.parse(answer.body());
        if (tree == null) {
            throw new AdminException(
                    at()
                            + " answers "
                            + answer.statusCode()
                            + " but not as a gateway's admin listener does (expected: the address"
                            + " of the admin listener, not of clients)");
        }
        Reply reply = new Reply(answer.statusCode(), answer.body(), tree);
        return switch (answer.statusCode()) {
            case 401, 403 -> throw new AdminException(refused(reply));
            case 404 ->
                    throw new AdminException(
                            at()
                                    + " knows no \""
                                    + call(request)
                                    + "\": a gateway of another"
                                    + " version");
            default -> reply;
        };
    }

    private static String call(HttpRequest request) {
        return request.uri().getPath().substring("/api/".length());
    }

    private String refused(Reply reply) {
        String sent =
                target.token().isPresent()
                        ? "the token of " + target.tokenFrom() + " was sent"
                        : "no token was sent: there is neither --token nor admin.token in "
                                + target.tokenFrom();
        return at()
                + " refuses ("
                + reply.status()
                + " "
                + reply.tree().get("error").text()
                + "): "
                + reply.told()
                + "; "
                + sent;
    }

    private String at() {
        return ConfigurationSource.shown(target.toString());
    }

    /** The client of the JDK hides it at different depths. */
    private String reason(IOException failed) {
        Throwable at = failed;
        for (int i = 0; i < CAUSES_MAX && at != null; i++) {
            String known =
                    switch (at) {
                        case HttpConnectTimeoutException _ ->
                                "no connection within " + CONNECT.toSeconds() + "s";
                        case HttpTimeoutException _ ->
                                "no answer within " + ANSWER.toSeconds() + "s";
                        case UnknownHostException _ -> "unknown host";
                        case UnresolvedAddressException _ -> "unknown host";
                        default -> null;
                    };
            if (known != null) {
                return known;
            }
            at = at.getCause();
        }
        return failed instanceof ConnectException ? connectReason() : message(failed);
    }

    /** The client of the JDK does not tell why it could not connect; a plain socket does. */
    private String connectReason() {
        AdminAddress at = target.address();
        try (Socket plain = new Socket()) {
            plain.connect(at.socket(), (int) CONNECT.toMillis());
            return "connection lost";
        } catch (IOException told) {
            return message(told).toLowerCase(Locale.ROOT);
        }
    }

    private static String message(Throwable failed) {
        Throwable at = failed;
        for (int i = 0; i < CAUSES_MAX && at != null; i++) {
            String said = at.getMessage();
            if (said != null && !said.isBlank()) {
                return ConfigurationSource.shown(said);
            }
            at = at.getCause();
        }
        return failed.getClass().getSimpleName();
    }

    @Override
    public void close() {
        http.close();
    }
}
