package dev.carve.carving;

import dev.carve.carving.settings.CarveBlocks;
import dev.carve.carving.settings.CarveChecks;
import dev.carve.config.LoadResult;
import dev.carve.config.Loaded;
import dev.carve.config.Loader;
import dev.carve.config.Registration;
import dev.carve.config.Rejected;
import dev.carve.config.Schema;
import dev.carve.config.Source;
import dev.carve.gateway.ActionMaker;
import dev.carve.gateway.Gateway;
import dev.carve.gateway.GatewaySettings;
import dev.carve.gateway.service.Control;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.gateway.settings.GatewayChecks;
import dev.carve.http.Listener;
import dev.carve.http.Loops;
import dev.carve.http.ServerSettings;
import dev.carve.http.Transport;
import dev.carve.runtime.Clock;
import dev.carve.runtime.admin.AdminCommand;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A gateway with carves on a socket of its own, built from the text of a file. */
final class RunningCarves implements AutoCloseable {

    private static final Loader LOADER =
            Loader.of(Schema.of(blocks()))
                    .withChecks(
                            List.of(
                                    (loaded, diagnostics) ->
                                            GatewayChecks.check(
                                                    loaded,
                                                    diagnostics,
                                                    CarveChecks.services(loaded)),
                                    CarveChecks::check));

    final Loops loops;
    final Gateway gateway;
    final Carves carves;
    private final Control control;
    private final Listener listener;

    private static List<Registration> blocks() {
        List<Registration> blocks = new ArrayList<>(GatewayBlocks.all());
        blocks.addAll(CarveBlocks.all());
        return blocks;
    }

    private RunningCarves(Loaded loaded) {
        loops = Loops.start(Transport.preferred(), 2, Clock.system());
        control = Control.own(Clock.system());
        carves = new Carves(2, loaded.value(CarveBlocks.MIRROR), control, () -> null);
        gateway = Gateway.create(loops, ActionMaker.NONE, carves, control);
        gateway.load(GatewaySettings.of(loaded));
        listener =
                loops.listen(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                100,
                                ServerSettings.DEFAULT,
                                new Listener.ConnectionLimits(1000, 0),
                                gateway,
                                gateway)
                        .join();
    }

    /**
     * A route {@code /} named shop from one service to the other.
     *
     * @param carve further lines of its carve block
     */
    static RunningCarves start(int oldPort, int newPort, String... carve) {
        return new RunningCarves(load(yaml(oldPort, newPort, "", carve)));
    }

    static String yaml(int oldPort, int newPort, String top, String... carve) {
        StringBuilder yaml = new StringBuilder(top);
        yaml.append("services:\n");
        yaml.append("  old: { urls: http://127.0.0.1:" + oldPort + ", retries: 1 }\n");
        yaml.append("  fresh: { urls: http://127.0.0.1:" + newPort + ", retries: 1 }\n");
        yaml.append("routes:\n- match: /\n  name: shop\n  to: old\n  carve:\n    to: fresh\n");
        for (String line : carve) {
            yaml.append("    ").append(line).append('\n');
        }
        return yaml.toString();
    }

    static Loaded load(String yaml) {
        LoadResult result = LOADER.load(Source.text("test.yaml", yaml), Map.of(), List.of());
        return switch (result) {
            case Loaded loaded -> loaded;
            case Rejected rejected ->
                    throw new IllegalArgumentException(rejected.diagnostics().toString());
        };
    }

    static RunningCarves of(String yaml) {
        return new RunningCarves(load(yaml));
    }

    void reload(String yaml) throws Exception {
        Loaded loaded = load(yaml);
        control.executor().submit(() -> gateway.load(GatewaySettings.of(loaded))).get();
    }

    Carve carve() {
        return carves.all().iterator().next();
    }

    int port() {
        return listener.address().getPort();
    }

    AdminCommand.Outcome command(String name) {
        return carves.commands().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow()
                .action()
                .run(Map.of("route", "shop"));
    }

    /** Sends one request on a connection of its own. */
    RawResponse send(String request) throws IOException {
        String method = request.substring(0, request.indexOf(' '));
        try (RawClient client = RawClient.connect(port())) {
            return client.send(request).read(method);
        }
    }

    /** Sends a GET as this user. */
    RawResponse get(String target, String user) throws IOException {
        return send(
                "GET " + target + " HTTP/1.1\r\nHost: shop.test\r\nX-User: " + user + "\r\n\r\n");
    }

    @Override
    public void close() {
        listener.close().join();
        loops.close();
        carves.close();
        control.executor().shutdownNow();
    }
}
