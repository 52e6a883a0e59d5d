package dev.carve.app;

import dev.carve.admin.AdminBlocks;
import dev.carve.admin.AdminServer;
import dev.carve.admin.AdminSettings;
import dev.carve.admin.Events;
import dev.carve.admin.Readiness;
import dev.carve.admin.machine.LoopsView;
import dev.carve.admin.machine.MachineWatch;
import dev.carve.admin.machine.ProcessMetrics;
import dev.carve.config.Loaded;
import dev.carve.config.Origin;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.gateway.settings.LimitSettings;
import dev.carve.http.WireMetrics;
import dev.carve.runtime.Clock;
import dev.carve.runtime.admin.AdminCommand;
import dev.carve.runtime.admin.AdminView;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators see of a server: its admin listener and the parts that it shows. Never in the way:
 * where nobody asked for an address, one that is taken costs a warning, not the start.
 *
 * <p>Threads: opened by the starting thread, closed by control.
 */
final class AdminPart implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AdminPart.class);

    private final Events events;
    private final @Nullable AdminServer server;
    private final @Nullable MachineWatch machine;

    private AdminPart(Events events, @Nullable AdminServer server, @Nullable MachineWatch machine) {
        this.events = events;
        this.server = server;
        this.machine = machine;
    }

    /**
     * Opens the listener that the file wants.
     *
     * @throws StartException if the file names an address that can not be had
     */
    static AdminPart open(Server of, Clock clock) throws StartException {
        Loaded loaded = of.loaded();
        Events events = new Events(clock, of::droppedLogLines, () -> limits(of.loaded()));
        events.loaded();
        AdminSettings settings = loaded.value(AdminBlocks.ADMIN);
        if (settings.address().isOff()) {
            return new AdminPart(events, null, null);
        }
        MachineWatch machine = MachineWatch.start(clock);
        AdminView loops = LoopsView.of(of.loops());
        List<AdminView> views = new ArrayList<>(of.gateway().views());
        views.addAll(of.carves().views());
        views.add(machine.view());
        views.add(loops);
        views.add(ConfigView.of(of::loaded));
        views.add(
                new StatusView(clock, () -> process(of))
                        .of(machine.view(), loops, of.gateway().trafficView()));
        List<AdminCommand> commands = new ArrayList<>(of.gateway().commands());
        commands.addAll(of.carves().commands());
        commands.add(reload(of));
        AdminServer.Parts parts =
                new AdminServer.Parts(
                        () -> readiness(of),
                        List.of(
                                of.gateway().metrics(),
                                of.carves().metrics(),
                                of.store(),
                                new WireMetrics(of.loops()),
                                machine,
                                new ProcessMetrics(clock, Version.TEXT),
                                events),
                        views,
                        commands);
        try {
            AdminServer server = AdminServer.start(of.loops(), settings, parts).join();
            return new AdminPart(events, server, machine);
        } catch (CompletionException taken) {
            machine.close();
            String why = "admin: " + ListenFailure.text(settings.address(), taken);
            if (loaded.origin("admin") != Origin.DEFAULT) {
                throw new StartException(loaded.place("admin.address") + ": " + why, taken);
            }
            LOG.atWarn().addKeyValue("reason", why).log("no admin listener");
            return new AdminPart(events, null, null);
        }
    }

    private static Readiness.State readiness(Server of) {
        if (!of.isReady()) {
            return new Readiness.State(false, "stopping");
        }
        String unready = of.gateway().unready();
        return unready == null
                ? new Readiness.State(true, "ready")
                : new Readiness.State(false, "no instance of " + unready + " works");
    }

    private static StatusView.OfProcess process(Server of) {
        Readiness.State state = readiness(of);
        return new StatusView.OfProcess(state.ready(), state.reason(), of.history().view());
    }

    private static AdminCommand reload(Server of) {
        return new AdminCommand(
                "reload",
                "Reads the configuration anew; with any error nothing changes.",
                _ ->
                        switch (of.reload().join()) {
                            case ReloadResult.Applied(List<String> changes, List<String> notes) ->
                                    new AdminCommand.Done(
                                            text(changes.size() + " changes", changes, notes));
                            case ReloadResult.Refused(List<String> problems) ->
                                    new AdminCommand.Refused(String.join("\n", problems));
                        });
    }

    private static String text(String first, List<String> changes, List<String> notes) {
        StringBuilder text = new StringBuilder(first);
        changes.forEach(each -> text.append('\n').append(each));
        notes.forEach(each -> text.append('\n').append(each));
        return text.toString();
    }

    private static Map<String, Number> limits(Loaded loaded) {
        LimitSettings limits = loaded.value(GatewayBlocks.LIMITS);
        return Map.of(
                "connections", limits.connections(),
                "connections_per_address", limits.connectionsPerAddress(),
                "head_bytes", limits.head().bytes(),
                "target_bytes", limits.target().bytes(),
                "fields", limits.fields(),
                "body_bytes", limits.body().bytes(),
                "buffered_bytes", limits.buffered().bytes(),
                "requests_per_connection", limits.requestsPerConnection());
    }

    /** What came of a reload, for the metrics. */
    void reloaded(ReloadResult result) {
        switch (result) {
            case ReloadResult.Applied _ -> events.loaded();
            case ReloadResult.Refused _ -> events.rejected();
        }
    }

    /** Where it listens, null if it does not. */
    @Nullable InetSocketAddress address() {
        return server == null ? null : server.address();
    }

    @Override
    public void close() {
        if (machine != null) {
            machine.close();
        }
        if (server != null) {
            server.close().join();
        }
    }
}
