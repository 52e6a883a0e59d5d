package dev.carve.it.wire;

import dev.carve.admin.AdminAddress;
import dev.carve.admin.AdminServer;
import dev.carve.admin.AdminSettings;
import dev.carve.admin.Readiness;
import dev.carve.config.LoadResult;
import dev.carve.config.Loaded;
import dev.carve.config.Loader;
import dev.carve.config.Rejected;
import dev.carve.config.Schema;
import dev.carve.config.Source;
import dev.carve.gateway.Gateway;
import dev.carve.gateway.GatewaySettings;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.gateway.settings.GatewayChecks;
import dev.carve.gateway.settings.LimitSettings;
import dev.carve.http.HeadLimits;
import dev.carve.http.Listener;
import dev.carve.http.LoopCounters;
import dev.carve.http.LoopCounters.Count;
import dev.carve.http.Loops;
import dev.carve.http.ServerSettings;
import dev.carve.http.Transport;
import dev.carve.http.WireMetrics;
import dev.carve.runtime.Clock;
import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Carve inside the test's own process: one loop, one route, configured by text as a user would. */
final class CarveUnderTest implements GatewayUnderTest {

    private static final Loader LOADER =
            Loader.of(Schema.of(new ArrayList<>(GatewayBlocks.all())))
                    .withChecks(List.of(GatewayChecks::check));

    private final Transport transport;
    private @Nullable Loops loops;
    private @Nullable Listener listener;
    private @Nullable Gateway gateway;
    private @Nullable Loops adminLoops;
    private @Nullable AdminServer admin;

    CarveUnderTest(Transport transport) {
        this.transport = transport;
    }

    @Override
    public int start(int upstreamPort, Bounds bounds) {
        return start(
                """
                limits:
                  buffered: 1MiB
                  head: %dB
                  head_time: %dms
                  body_stall: %dms
                  send_stall: %dms
                  idle: %dms
                  body: %dB
                services:
                  upstream:
                    urls: [http://127.0.0.1:%d]
                    timeouts: { connect: %dms, response: %dms, idle: %dms }
                routes:
                  - match: /
                    to: upstream
                """
                        .formatted(
                                bounds.headBytesMax(),
                                bounds.head().toMillis(),
                                bounds.idle().toMillis(),
                                bounds.idle().toMillis(),
                                bounds.idle().toMillis(),
                                bounds.bodyBytesMax(),
                                upstreamPort,
                                bounds.connect().toMillis(),
                                bounds.response().toMillis(),
                                bounds.idle().toMillis()));
    }

    /** Starts with this configuration on a free port of loopback; returns the port. */
    int start(String yaml) {
        Loaded loaded = load(yaml);
        Loops started = Loops.start(transport, 1, Clock.system());
        loops = started;
        started.limitBuffered(loaded.value(GatewayBlocks.LIMITS).buffered().bytes());
        Gateway created = Gateway.create(started);
        gateway = created;
        created.load(GatewaySettings.of(loaded));
        Listener listening =
                started.listen(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                4096,
                                settings(loaded.value(GatewayBlocks.LIMITS)),
                                connectionLimits(loaded.value(GatewayBlocks.LIMITS)),
                                created,
                                created)
                        .join();
        listener = listening;
        return listening.address().getPort();
    }

    private static Loaded load(String yaml) {
        LoadResult result = LOADER.load(Source.text("carve.yaml", yaml), Map.of(), List.of());
        return switch (result) {
            case Loaded loaded -> loaded;
            case Rejected rejected ->
                    throw new IllegalArgumentException(rejected.diagnostics().toString());
        };
    }

    private static Listener.ConnectionLimits connectionLimits(LimitSettings from) {
        return new Listener.ConnectionLimits(from.connections(), from.connectionsPerAddress());
    }

    private static ServerSettings settings(LimitSettings from) {
        return new ServerSettings(
                new HeadLimits(
                        (int) from.head().bytes(), (int) from.target().bytes(), from.fields()),
                from.headTime(),
                from.idle(),
                from.bodyStall(),
                from.sendStall(),
                from.requestsPerConnection(),
                from.discard().bytes(),
                from.halfClose());
    }

    /** One more client. */
    RawClient connect() throws IOException {
        Listener listening = listener;
        if (listening == null) {
            throw new IllegalStateException("not started");
        }
        return RawClient.connect(listening.address().getPort());
    }

    /** Waits until no client's connection is open. */
    void awaitNoConnections() {
        Await.until("no open connection at the gateway", () -> count(Count.CONNECTIONS_OPEN) == 0);
    }

    long count(Count count) {
        LoopCounters counters = loops().all().getFirst().counters();
        return counters.get(count);
    }

    Loops loops() {
        Loops started = loops;
        if (started == null) {
            throw new IllegalStateException("not started");
        }
        return started;
    }

    /** As a scraper gets it, over a connection of its own. */
    @Override
    public String metrics() throws IOException {
        try (var scraper = RawClient.connect(admin().address().getPort())) {
            return scraper.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .read()
                    .bodyText();
        }
    }

    /** On loops of its own, so that scraping is no connection among those that a test counts. */
    private AdminServer admin() {
        AdminServer running = admin;
        if (running != null) {
            return running;
        }
        Gateway shown = gateway;
        if (shown == null) {
            throw new IllegalStateException("not started");
        }
        Loops own = Loops.start(transport, 1, Clock.system());
        adminLoops = own;
        running =
                AdminServer.start(
                                own,
                                new AdminSettings(
                                        AdminAddress.parse("127.0.0.1:0"),
                                        Optional.empty(),
                                        List.of(),
                                        16,
                                        16),
                                new AdminServer.Parts(
                                        Readiness.of(() -> true, ""),
                                        List.of(shown.metrics(), new WireMetrics(loops())),
                                        List.of(),
                                        List.of()))
                        .join();
        admin = running;
        return running;
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close().join();
        }
        if (adminLoops != null) {
            adminLoops.close();
        }
        if (listener != null) {
            listener.close().join();
        }
        if (loops != null) {
            loops.close();
        }
    }
}
