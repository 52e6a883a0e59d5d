package dev.carve.gateway;

import dev.carve.config.LoadResult;
import dev.carve.config.Loaded;
import dev.carve.config.Loader;
import dev.carve.config.Rejected;
import dev.carve.config.Schema;
import dev.carve.config.Source;
import dev.carve.gateway.service.Control;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.http.Listener;
import dev.carve.http.Loops;
import dev.carve.http.ServerSettings;
import dev.carve.http.Transport;
import dev.carve.runtime.Clock;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A gateway on a socket of its own, built from the text of a file. */
final class RunningGateway implements AutoCloseable {

    private static final Loader LOADER = Loader.of(Schema.of(GatewayBlocks.all()));

    final Loops loops;
    final Gateway gateway;
    final Control control;
    private final Listener listener;
    private boolean closed;

    private RunningGateway(Loops loops, Gateway gateway, Control control, Listener listener) {
        this.loops = loops;
        this.gateway = gateway;
        this.control = control;
        this.listener = listener;
    }

    static RunningGateway start(String yaml) {
        return start(load(yaml), ActionMaker.NONE);
    }

    /** Starts with so many loops, which connections of clients go to in turn. */
    static RunningGateway start(String yaml, int loops) {
        return start(load(yaml), ActionMaker.NONE, loops);
    }

    /** Starts with actions that only a test knows. */
    static RunningGateway start(Loaded loaded, ActionMaker actions) {
        return start(loaded, actions, 1);
    }

    private static RunningGateway start(Loaded loaded, ActionMaker actions, int count) {
        Loops loops = Loops.start(Transport.preferred(), count, Clock.system());
        Control control = Control.own(Clock.system());
        Gateway gateway = Gateway.create(loops, actions, control);
        gateway.load(GatewaySettings.of(loaded));
        Listener listener =
                loops.listen(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                100,
                                ServerSettings.DEFAULT,
                                new Listener.ConnectionLimits(1000, 0),
                                gateway,
                                gateway)
                        .join();
        return new RunningGateway(loops, gateway, control, listener);
    }

    /** One service at a port and one route to it, with further lines inside the route. */
    static RunningGateway to(int port, String... routeLines) {
        return start(yaml(port, routeLines));
    }

    static String yaml(int port, String... routeLines) {
        StringBuilder yaml = new StringBuilder();
        yaml.append("services: {m: http://127.0.0.1:").append(port).append("}\n");
        yaml.append("routes:\n- match: /\n  to: m\n");
        for (String line : routeLines) {
            yaml.append("  ").append(line).append('\n');
        }
        return yaml.toString();
    }

    static GatewaySettings settings(String yaml) {
        return GatewaySettings.of(load(yaml));
    }

    static Loaded load(String yaml) {
        return load(LOADER, yaml);
    }

    static Loaded load(Loader loader, String yaml) {
        LoadResult result = loader.load(Source.text("test.yaml", yaml), Map.of(), List.of());
        return switch (result) {
            case Loaded loaded -> loaded;
            case Rejected rejected ->
                    throw new IllegalArgumentException(rejected.diagnostics().toString());
        };
    }

    /** Loads another file, where files are loaded: on control. */
    void reload(String yaml) {
        GatewaySettings settings = settings(yaml);
        CompletableFuture.runAsync(() -> gateway.load(settings), control::execute)
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    int port() {
        return listener.address().getPort();
    }

    RawClient client() throws IOException {
        return RawClient.connect(port());
    }

    /** Sends a GET on a connection of its own. */
    RawResponse get(String target, String... fields) throws IOException {
        return request("GET", target, fields);
    }

    RawResponse request(String method, String target, String... fields) throws IOException {
        try (RawClient client = client()) {
            return client.send(head(method, target, fields)).read(method);
        }
    }

    static String head(String method, String target, String... fields) {
        StringBuilder head = new StringBuilder();
        head.append(method).append(' ').append(target).append(" HTTP/1.1\r\nHost: shop.test\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            listener.close().join();
            loops.close();
            control.executor().shutdownNow();
        }
    }
}
