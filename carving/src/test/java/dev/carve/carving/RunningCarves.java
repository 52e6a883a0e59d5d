package dev.carve.carving;

import dev.carve.carving.guard.Judgement;
import dev.carve.carving.keep.Keep;
import dev.carve.carving.keep.KeepBounds;
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
import dev.carve.store.Store;
import dev.carve.store.StoreBounds;
import dev.carve.store.StoreUrl;
import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

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
    private @Nullable Store store;
    private @Nullable Keep keep;

    private static List<Registration> blocks() {
        List<Registration> blocks = new ArrayList<>(GatewayBlocks.all());
        blocks.addAll(CarveBlocks.all());
        return blocks;
    }

    private RunningCarves(Loaded loaded) {
        this(loaded, null, Carves.RECALL);
    }

    /**
     * @param file of the store, null for none
     * @param recall how long the start waits for it
     */
    private RunningCarves(Loaded loaded, @Nullable Path file, Duration recall) {
        loops = Loops.start(Transport.preferred(), 2, Clock.system());
        control = Control.own(Clock.system());
        carves =
                new Carves(
                        loops.all(),
                        loaded.value(CarveBlocks.MIRROR),
                        control,
                        () -> file == null ? null : open(file),
                        recall);
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

    private Keep open(Path file) {
        Store opened =
                Store.open(
                        new StoreUrl.SqliteFile(file),
                        List.of(Keep.schema()),
                        StoreBounds.DEFAULT,
                        Clock.system(),
                        control.executor());
        Keep made = new Keep(opened, KeepBounds.DEFAULT, Clock.system(), new Random());
        store = opened;
        keep = made;
        return made;
    }

    /** With a store, which is opened with the first carve. */
    static RunningCarves kept(Path file, String yaml) {
        return new RunningCarves(load(yaml), file, Carves.RECALL);
    }

    /** The same, and the start does not wait for a store that does not answer. */
    static RunningCarves unpatient(Path file, String yaml) {
        return new RunningCarves(load(yaml), file, Duration.ofMillis(1));
    }

    Keep keep() {
        return Objects.requireNonNull(keep);
    }

    /** Returns when the store has done all that was asked of it so far. */
    void settle() throws Exception {
        control.executor().submit(() -> {}).get();
        Await.until("changes to be kept", () -> keep().ledger().pending() == 0);
        Objects.requireNonNull(store).submit(_ -> true).join();
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

    /** What the guard thinks of all that was counted so far. */
    Judgement judged() throws Exception {
        control.executor().submit(() -> carve().turn()).get();
        return Objects.requireNonNull(carve().judgement());
    }

    Carve carve() {
        return carves.all().iterator().next();
    }

    int port() {
        return listener.address().getPort();
    }

    AdminCommand.Outcome command(String name) {
        return command(name, Map.of());
    }

    AdminCommand.Outcome command(String name, Map<String, String> further) {
        Map<String, String> arguments = new HashMap<>(further);
        arguments.put("route", "shop");
        return carves.commands().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow()
                .action()
                .run(arguments);
    }

    /** What a view says of the route; waits for the end of what it shows, if that has one. */
    Map<?, ?> view(String name) {
        return (Map<?, ?>)
                carves.views().stream()
                        .filter(each -> each.name().equals(name))
                        .findFirst()
                        .orElseThrow()
                        .content()
                        .read(Map.of("route", "shop", "wait", "30"));
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
        if (store != null) {
            keep().ledger().flush();
            store.close();
        }
        control.executor().shutdownNow();
    }
}
