package dev.carve.app.demo;

import dev.carve.app.JsonTree;
import dev.carve.app.demo.Board.View.Change;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The carve of the demo as its operator sees it: through the admin listener, like {@code carve
 * route}. Main thread.
 */
final class Board implements AutoCloseable {

    private static final Duration WITHIN = Duration.ofSeconds(10);

    private final URI admin;
    private final String route;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .connectTimeout(WITHIN)
                    .proxy(HttpClient.Builder.NO_PROXY)
                    .build();

    Board(URI admin, String route) {
        this.admin = admin;
        this.route = route;
    }

    /**
     * What it shows.
     *
     * @param share of the new side, as a percentage
     * @param waits what the next step waits for
     * @param figures one line for each measure
     * @param changes the latest first
     */
    record View(
            String stage,
            String share,
            String waits,
            long compared,
            long mismatches,
            long fallbacks,
            List<String> figures,
            List<Change> changes) {

        /** One line of the ledger. */
        record Change(Instant at, String by, String to, String reason) {}

        boolean isAt(String wantedStage) {
            return stage.equals(wantedStage);
        }
    }

    View look() {
        JsonTree all = read(HttpRequest.newBuilder(admin.resolve("/api/carves")).GET());
        for (JsonTree each : all.items()) {
            if (each.get("route").text().equals(route)) {
                return view(each);
            }
        }
        throw new DemoFailure("Carve shows no carve of " + route);
    }

    private static View view(JsonTree from) {
        List<String> figures = new ArrayList<>();
        from.get("figures").items().forEach(each -> figures.add(each.text()));
        List<Change> changes = new ArrayList<>();
        from.get("ledger")
                .items()
                .forEach(each ->
                        changes.add(
                                new Change(
                                        Instant.parse(each.get("at").text()),
                                        each.get("by").text(),
                                        each.get("to").text(),
                                        each.get("reason").text())));
        return new View(
                from.get("stage").text(),
                from.get("share").text(),
                from.get("waits").text(),
                from.get("compared").count(),
                from.get("mismatches").count(),
                from.get("fallbacks").count(),
                figures,
                changes);
    }

    /** What {@code carve route COMMAND ROUTE} does. */
    void route(String command) {
        run("route_" + command, "route=" + URLEncoder.encode(route, StandardCharsets.UTF_8));
    }

    /** What {@code carve reload} does. */
    void reload() {
        run("reload", "");
    }

    private void run(String command, String form) {
        var _ =
                read(
                        HttpRequest.newBuilder(admin.resolve("/api/" + command))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    /** Tells the new side how to behave. */
    void behave(URI service, String what) {
        var _ =
                send(
                        HttpRequest.newBuilder(service.resolve("/behaviour/" + what))
                                .PUT(HttpRequest.BodyPublishers.noBody()));
    }

    private JsonTree read(HttpRequest.Builder request) {
        String text = send(request);
        JsonTree tree = JsonTree.parse(text);
        if (tree == null) {
            throw new DemoFailure("the admin listener answered no JSON: " + text);
        }
        return tree;
    }

    private String send(HttpRequest.Builder builder) {
        HttpRequest request = builder.timeout(WITHIN).build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new DemoFailure(
                        request.uri() + " answered " + answer.statusCode() + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new DemoFailure(request.uri() + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoFailure("interrupted");
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
