package dev.carve.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.carve.config.LoadResult;
import dev.carve.config.Loaded;
import dev.carve.config.Source;
import dev.carve.runtime.Clock;
import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands that find something out about a carve, with a running gateway. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class EvidenceCommandsTest {

    @TempDir private Path folder = Path.of("");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final AtomicInteger served = new AtomicInteger();
    private volatile String price = "12.50";

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        threads.shutdownNow();
    }

    private int side(String kind) throws IOException {
        HttpServer side =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        side.createContext("/", exchange -> answer(exchange, kind));
        side.setExecutor(threads);
        side.start();
        open.add(() -> side.stop(0));
        return side.getAddress().getPort();
    }

    private void answer(HttpExchange exchange, String kind) throws IOException {
        try (exchange) {
            String text =
                    "{\"price\":%s,\"served\":%d}"
                            .formatted(
                                    kind.equals("old") ? "12.50" : price, served.incrementAndGet());
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, text.length());
            exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private Path file(String carve) throws IOException {
        return Files.writeString(
                folder.resolve("carve.yaml"),
                """
                listen: 127.0.0.1:0
                admin: {address: "127.0.0.1:0", token: s3cret}
                access_log: off
                threads: {loops: 1}
                store: "%s"
                services: { old: "http://127.0.0.1:%d", fresh: "http://127.0.0.1:%d" }
                routes:
                  - match: /item/{id}
                    name: item
                    to: old
                    carve:
                      to: fresh
                """
                                .formatted(folder.resolve("carve.db"), side("old"), side("new"))
                        + carve.indent(6));
    }

    private Server server(Path file) throws StartException {
        LoadResult loaded = Configuration.LOADER.load(Source.file(file));
        Server server =
                Server.start((Loaded) loaded, new ServerOptions(Clock.system(), () -> loaded));
        open.add(server);
        return server;
    }

    private int carve(Server server, String... arguments) {
        out.reset();
        err.reset();
        List<String> all = new ArrayList<>(List.of(arguments));
        String admin = "127.0.0.1:" + Objects.requireNonNull(server.adminAddress()).getPort();
        all.addAll(List.of("--admin", admin, "--config", folder.resolve("carve.yaml").toString()));
        return Main.run(
                all,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static void get(Server server, String target) throws IOException {
        try (RawClient client = RawClient.connect(server.addresses().getFirst().getPort())) {
            client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n").read();
        }
    }

    private void awaitShown(Server server, String text) {
        Await.until(
                text,
                () -> {
                    assertThat(carve(server, "report", "item")).as(err()).isZero();
                    return out().contains(text);
                });
    }

    @Test
    void replayTellsWhatIsFixedAndItsExitCodeToo() throws Exception {
        Server server = server(file("mirror: 100%\nnoise: 0%\ncompare: { ignore: [/served] }\n"));
        assertThat(carve(server, "replay", "item")).isZero();
        assertThat(out()).isEqualTo("nothing is kept of item\n");
        price = "13.00";
        get(server, "/item/1?token=hush&x=1");
        awaitShown(server, "### `GET /item/1?token=***&x=1`");
        get(server, "/item/2");
        awaitShown(server, "### `GET /item/2`");

        assertThat(carve(server, "replay", "item", "--limit", "1")).as(err()).isEqualTo(1);
        assertThat(out())
                .isEqualTo(
                        """
                        different  GET /item/2
                                   /price  different: old 12.50, new 13.00

                        0 fixed, 1 different, 0 not asked, of 1 kept
                        """);

        price = "12.5";
        assertThat(carve(server, "replay", "item", "--limit", "1")).isZero();
        assertThat(out())
                .isEqualTo(
                        """
                        fixed      GET /item/2
                                   /price  fixed

                        1 fixed, 0 different, 0 not asked, of 1 kept
                        """);
        assertThat(carve(server, "replay", "item")).isEqualTo(1);
        assertThat(out())
                .contains(
                        "not asked  GET /item/1?token=***&x=1\n"
                                + "           its target held a secret, which is not kept\n");
        assertThat(carve(server, "replay", "item", "--limit", "1", "--json")).isZero();
        assertThat(out()).startsWith("{").contains("\"verdict\":\"fixed\"");
        assertThat(carve(server, "replay", "item", "--header", "none")).isEqualTo(2);
        assertThat(carve(server, "replay", "nobody")).isEqualTo(2);
        assertThat(err()).contains("no carve on \"nobody\"");
    }

    @Test
    void reportIsAPageOfEvidence() throws Exception {
        Server server =
                server(
                        file(
                                "mirror: 100%\nnoise: 0%\nshift: { steps: [10%, 100%] }\n"
                                        + "compare: { ignore: [/served] }\n"));
        price = "13.00";
        get(server, "/item/1");
        awaitShown(server, "### `GET /item/1`");

        assertThat(out())
                .startsWith(
                        """
                        # Carve of item

                        |  |  |
                        | --- | --- |
                        | requests | `/item/{id}` |
                        | old side | old |
                        | new side | fresh |
                        | stage | mirror, the old side answers everything |
                        """)
                .contains(
                        """
                        | place | old side | new side |
                        | --- | --- | --- |
                        | `/price` | `12.50` | `13.00` |
                        """)
                .contains("```yaml\nignore:\n  - /served\n```\n")
                .contains("| mirrored | 100% of the requests, 0% of these twice")
                .contains("| different in what speaks against the new side | 1 |")
                .contains(" | file | off | mirror | started |")
                .contains("Nothing of what was to be.");
        Path page = folder.resolve("evidence.md");
        assertThat(carve(server, "report", "item", "--out", page.toString())).isZero();
        assertThat(out()).isEmpty();
        assertThat(Files.readString(page)).startsWith("# Carve of item\n");
        assertThat(carve(server, "report", "item", "--out", folder.resolve("no/a.md").toString()))
                .isEqualTo(1);
    }

    @Test
    void oldSideComparedWithItselfTellsTheRulesAndAcceptWritesThem() throws Exception {
        Path file = file("mirror: 100%\nnoise: 100%\n");
        Server server = server(file);
        var answer =
                threads.submit(
                        () -> carve(server, "compare", "--self", "item", "--requests", "64"));
        while (!answer.isDone()) {
            get(server, "/item/1");
        }
        assertThat(answer.get()).as(err()).isZero();
        assertThat(out())
                .isEqualTo(
                        """
                        64 pairs of answers of the old side, 64 differing

                        differs at  share     pairs
                        /served      100%  64 of 64

                        rules that would leave this out, below compare: in the file

                          ignore:
                            - "/served"  # differs in 64 of 64 pairs of old answers
                        """);

        assertThat(carve(server, "accept", "item")).isZero();
        assertThat(out()).startsWith("ignore:\n  - \"/served\"  # differs in ");
        String before = Files.readString(file);
        assertThat(carve(server, "accept", "item", "--write")).as(err()).isZero();
        assertThat(out()).isEqualTo(file + ":12:7: 1 rule added; carve reload takes them over\n");
        assertThat(Files.readString(file))
                .contains(
                        "    carve:\n      compare:\n        ignore:\n          - \"/served\"  #"
                                + " differs in ")
                .isNotEqualTo(before);
        assertThat(carve(server, "accept", "item", "--write")).isZero();
        assertThat(out()).isEqualTo(file + ": nothing to add\n");
        assertThat(carve(server, "accept", "nobody", "--write")).isEqualTo(2);
    }

    @Test
    void checkThatSawNoRequestFails() throws Exception {
        Server server = server(file("mirror: 0%\n"));
        assertThat(carve(server, "compare", "--self", "item", "--for", "1s")).isEqualTo(1);
        assertThat(out()).isEqualTo("no request came that may be repeated\n");
        assertThat(carve(server, "compare", "item")).isEqualTo(2);
        assertThat(carve(server, "compare", "--self", "item", "--for", "soon")).isEqualTo(2);
        assertThat(carve(server, "compare", "--self", "item", "--requests", "0")).isEqualTo(2);
    }
}
