package dev.carve.it.gateway;

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
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.gateway.settings.GatewayChecks;
import dev.carve.gateway.settings.LimitSettings;
import dev.carve.http.HeadLimits;
import dev.carve.http.Listener;
import dev.carve.http.LoopCounters.Count;
import dev.carve.http.Loops;
import dev.carve.http.ServerSettings;
import dev.carve.http.Transport;
import dev.carve.runtime.Clock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A gateway on a free port of loopback in this process, from a text as its file would hold, with
 * actions that only a test knows. One test thread is its control thread.
 */
public final class RunningGateway implements AutoCloseable {

    private static final int BACKLOG = 4096;
    private static final int CONNECTIONS_MAX = 20_000;

    private final Loops loops;
    private final Gateway gateway;
    private final Loader loader;
    private final Listener listener;

    private RunningGateway(Loops loops, Gateway gateway, Loader loader, Listener listener) {
        this.loops = loops;
        this.gateway = gateway;
        this.loader = loader;
        this.listener = listener;
    }

    /** Starts with the product's own actions. */
    public static RunningGateway start(String file) {
        return start(file, _ -> ActionMaker.NONE, List.of());
    }

    /** Starts with one loop, whose time-outs are those of that clock. */
    public static RunningGateway start(String file, Clock clock) {
        return start(
                file,
                () -> Loops.start(Transport.preferred(), 1, clock),
                _ -> ActionMaker.NONE,
                List.of());
    }

    /** Starts with further actions. */
    public static RunningGateway start(
            String file,
            Function<Loops, ActionMaker> actions,
            List<? extends Registration> further) {
        return start(
                file,
                () -> Loops.start(Transport.preferred(), 2, Clock.system()),
                actions,
                further);
    }

    private static RunningGateway start(
            String file,
            Supplier<Loops> threads,
            Function<Loops, ActionMaker> actions,
            List<? extends Registration> further) {
        List<Registration> all = new ArrayList<>(GatewayBlocks.all());
        all.addAll(further);
        Loader loader = Loader.of(Schema.of(all)).withChecks(List.of(GatewayChecks::check));
        Loaded loaded = accepted(loader, file);
        Loops loops = threads.get();
        Gateway gateway = Gateway.create(loops, actions.apply(loops));
        gateway.load(GatewaySettings.of(loaded));
        Listener listener =
                loops.listen(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                BACKLOG,
                                serverSettings(loaded.value(GatewayBlocks.LIMITS)),
                                new Listener.ConnectionLimits(CONNECTIONS_MAX, 0),
                                gateway,
                                gateway)
                        .join();
        return new RunningGateway(loops, gateway, loader, listener);
    }

    private static ServerSettings serverSettings(LimitSettings from) {
        return new ServerSettings(
                HeadLimits.DEFAULT,
                from.headTime(),
                from.idle(),
                from.bodyStall(),
                from.sendStall(),
                from.requestsPerConnection(),
                from.discard().bytes(),
                from.halfClose());
    }

    /** A file with one route, everything to that port of loopback, and nothing added. */
    public static String forwardingTo(int port) {
        return """
        forwarded: off
        services: { upstream: http://127.0.0.1:%d }
        routes: [{ match: /, to: upstream }]
        """
                .formatted(port);
    }

    private static Loaded accepted(Loader loader, String file) {
        return switch (loader.load(Source.text("test", file))) {
            case Loaded loaded -> loaded;
            case Rejected rejected ->
                    throw new IllegalArgumentException(rejected.diagnostics().toString());
        };
    }

    /** Loads another file as a reload does: a wrong one is told and changes nothing. */
    public LoadResult reload(String file) {
        LoadResult result = loader.load(Source.text("test", file));
        if (result instanceof Loaded loaded) {
            gateway.load(GatewaySettings.of(loaded));
        }
        return result;
    }

    public int port() {
        return listener.address().getPort();
    }

    public Gateway gateway() {
        return gateway;
    }

    public Loops loops() {
        return loops;
    }

    /** Open client connections. */
    public int connections() {
        return listener.connections();
    }

    /** A count of all loops together. */
    public long count(Count count) {
        return loops.all().stream().mapToLong(loop -> loop.counters().get(count)).sum();
    }

    @Override
    public void close() {
        listener.close().join();
        loops.close();
    }
}
