package dev.carve.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.config.LoadResult;
import dev.carve.config.Loaded;
import dev.carve.config.Source;
import dev.carve.runtime.Clock;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RecordingUpstream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code carve rollback --all} with a running gateway whose carves stand in every stage. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RollBackAllTest {

    private static final String SHIFT = "shift: { steps: [100%], every: 1h }";

    @TempDir private Path folder = Path.of("");

    private final RecordingUpstream old = RecordingUpstream.answering("old");
    private final RecordingUpstream fresh = RecordingUpstream.answering("new");
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<AutoCloseable> open = new ArrayList<>(List.of(old, fresh));

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private Server server() throws StartException {
        StringBuilder yaml =
                new StringBuilder(
                        """
                        listen: 127.0.0.1:0
                        admin: 127.0.0.1:0
                        access_log: off
                        threads: {loops: 1}
                        store: "%s"
                        services: { old: "http://127.0.0.1:%d", fresh: "http://127.0.0.1:%d" }
                        routes:
                          - { match: /plain, to: old }
                        """
                                .formatted(folder.resolve("carve.db"), old.port(), fresh.port()));
        for (String each : List.of("moving", "paused", "finished", "back")) {
            yaml.append(
                    "  - { match: /%1$s, name: %1$s, to: old, carve: { to: fresh, %2$s } }\n"
                            .formatted(each, SHIFT));
        }
        yaml.append("  - { match: /looking, name: looking, to: old, carve: { to: fresh } }\n");
        LoadResult loaded =
                Configuration.LOADER.load(
                        Source.text("carve.yaml", yaml.toString()), Map.of(), List.of());
        Server server =
                Server.start((Loaded) loaded, new ServerOptions(Clock.system(), () -> loaded));
        open.add(server);
        return server;
    }

    private int carve(Server server, String... arguments) {
        out.reset();
        err.reset();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(
                List.of(
                        "--admin",
                        "127.0.0.1:" + Objects.requireNonNull(server.adminAddress()).getPort()));
        return Main.run(
                all,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private void done(Server server, String... arguments) {
        assertThat(carve(server, arguments)).as(err.toString(StandardCharsets.UTF_8)).isZero();
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8).strip();
    }

    private JsonTree carves(Server server) {
        done(server, "route", "show", "--json");
        return Objects.requireNonNull(JsonTree.parse(out()));
    }

    private Map<String, String> stages(Server server) {
        Map<String, String> stages = new TreeMap<>();
        for (JsonTree each : carves(server).items()) {
            stages.put(each.get("route").text(), each.get("stage").text());
        }
        return stages;
    }

    private static String answer(Server server, String target) throws IOException {
        try (RawClient client = RawClient.connect(server.addresses().getFirst().getPort())) {
            return client.send("GET /" + target + " HTTP/1.1\r\nHost: a\r\n\r\n").read().bodyText();
        }
    }

    @Test
    void everyCarveThatMovesOrCopiesGoesBackAndTheOthersStayAsTheyAre() throws Exception {
        Server server = server();
        for (String each : List.of("moving", "paused", "finished", "back")) {
            done(server, "route", "approve", each);
        }
        done(server, "route", "pause", "paused");
        done(server, "route", "finish", "finished");
        done(server, "route", "rollback", "back", "--by", "anna");
        assertThat(stages(server))
                .isEqualTo(
                        Map.of(
                                "moving", "shift",
                                "paused", "paused",
                                "finished", "done",
                                "back", "rolled_back",
                                "looking", "mirror"));
        for (String each : List.of("moving", "paused", "finished")) {
            assertThat(answer(server, each)).as(each).isEqualTo("new");
        }

        done(server, "rollback", "--all");

        assertThat(out()).startsWith("rolled back: ");
        assertThat(out().substring("rolled back: ".length()).split(", "))
                .containsExactlyInAnyOrder("moving", "paused", "finished", "looking");
        assertThat(stages(server).values()).hasSize(5).containsOnly("rolled_back");
        for (String each : List.of("moving", "paused", "finished", "back", "looking", "plain")) {
            assertThat(answer(server, each)).as(each).isEqualTo("old");
        }
        for (JsonTree each : carves(server).items()) {
            JsonTree last = each.get("ledger").items().getFirst();
            boolean before = each.get("route").text().equals("back");
            assertThat(last.get("to").text()).isEqualTo("rolled_back");
            assertThat(last.get("by").text())
                    .isEqualTo(before ? "anna" : System.getProperty("user.name"));
            assertThat(last.get("reason").text())
                    .isEqualTo(before ? "by hand" : "by hand, with all others");
        }

        done(server, "rollback", "--all");
        assertThat(out()).isEqualTo("nothing to roll back");
    }

    @Test
    void allIsSaidInFull() throws Exception {
        Server server = server();

        assertThat(carve(server, "rollback")).isEqualTo(2);

        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--all");
        assertThat(stages(server).values()).containsOnly("mirror");
    }
}
