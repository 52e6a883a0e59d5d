package dev.carve.gateway;

import dev.carve.gateway.log.LogWriter;
import dev.carve.gateway.metrics.TrafficMetrics;
import dev.carve.gateway.service.Control;
import dev.carve.gateway.service.NameWatch;
import dev.carve.gateway.service.Service;
import dev.carve.gateway.settings.AccessLogSettings;
import dev.carve.http.HeadEdits;
import dev.carve.http.Listener;
import dev.carve.http.Loop;
import dev.carve.http.Loops;
import dev.carve.http.RequestHandler;
import dev.carve.http.ServerStream;
import dev.carve.runtime.Clock;
import dev.carve.runtime.Failure;
import dev.carve.runtime.admin.AdminCommand;
import dev.carve.runtime.admin.AdminView;
import dev.carve.runtime.metrics.MetricSource;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The gateway itself: takes exchanges from the wire, runs them through {@link Phases} under the
 * current {@link Snapshot}, and is told when they are over.
 *
 * <p>Threads: {@link #handle} and {@link #refuse} on event loops, {@link #load} on control.
 */
public final class Gateway implements RequestHandler, Listener.MalformedHandler {

    private final Loops loops;
    private final Registry registry;
    private final ActionMaker actions;
    private final GatewayViews views;
    private final InstanceCommands commands;
    private final RouteExtension extension;
    private final RequestId.Source ids = new RequestId.Source(new SecureRandom().nextLong());

    // Written by control, read by any.
    private volatile Snapshot snapshot;
    private volatile AccessLog log = AccessLog.OFF;

    private Gateway(Loops loops, ActionMaker actions, RouteExtension extension, Control control) {
        this.loops = loops;
        this.registry = new Registry(loops, control);
        this.actions = actions;
        this.extension = extension;
        this.snapshot = SnapshotBuilder.empty();
        this.views = new GatewayViews(registry, control, () -> snapshot);
        this.commands = new InstanceCommands(registry, control);
    }

    /** A gateway without routes. */
    public static Gateway create(Loops loops) {
        return create(loops, ActionMaker.NONE);
    }

    /** A gateway without routes whose file may name the actions of other modules too. */
    public static Gateway create(Loops loops, ActionMaker actions) {
        return create(loops, actions, Control.own(Clock.system()));
    }

    /**
     * A gateway without routes.
     *
     * @param actions makes the actions of other modules that the file may name
     * @param control where verdicts on instances are made, and whence {@link #load} is called
     */
    public static Gateway create(Loops loops, ActionMaker actions, Control control) {
        return create(loops, actions, RouteExtension.NONE, control);
    }

    /**
     * A gateway without routes.
     *
     * @param actions makes the actions of other modules that the file may name
     * @param extension comes between routes and their actions
     * @param control where verdicts on instances are made, and whence {@link #load} is called
     */
    public static Gateway create(
            Loops loops, ActionMaker actions, RouteExtension extension, Control control) {
        return new Gateway(loops, actions, extension, control);
    }

    /** Writes an access log from now on; null for none. Control. */
    public void logTo(@Nullable LogWriter writer, AccessLogSettings settings, Clock clock) {
        log =
                writer == null || settings.format() == AccessLogSettings.Format.OFF
                        ? AccessLog.OFF
                        : new ExchangeLog(settings, writer, clock);
    }

    /**
     * Lets the loops, which are about to end, hand over the lines that they hold, and from now on
     * every line without waiting for more. The writer is closed after the loops. Control.
     */
    public void endLog(LogWriter writer) {
        writer.beginClose();
        for (Loop loop : loops.all()) {
            loop.execute(() -> LoopLog.of(loop).handOver());
        }
    }

    /**
     * A service that readiness needs and that has no instance which works, or whose name was not
     * looked up yet; null if there is none. Any thread.
     */
    public @Nullable String unready() {
        for (Map.Entry<String, NameWatch> each : registry.discovery().watches().entrySet()) {
            if (each.getValue().last() == null) {
                return each.getKey();
            }
        }
        for (Service each : registry.services()) {
            if (each.members().required() && !each.isReady()) {
                return each.name();
            }
        }
        return null;
    }

    /** What the gateway counts, for the metrics endpoint. */
    public MetricSource metrics() {
        MetricSource traffic = new TrafficSource(registry);
        MetricSource protection = new ProtectionSource(registry);
        return sink -> {
            traffic.collect(sink);
            protection.collect(sink);
        };
    }

    /** Services, instances and routes with their traffic; {@link #views} holds it too. */
    public AdminView trafficView() {
        return views.traffic();
    }

    /** All that operators may read of it. */
    public List<AdminView> views() {
        return views.all();
    }

    /** What operators may do to its instances. */
    public List<AdminCommand> commands() {
        return commands.all();
    }

    Registry registry() {
        return registry;
    }

    Snapshot snapshot() {
        return snapshot;
    }

    RequestId.Source ids() {
        return ids;
    }

    /**
     * Brings the gateway to what the file says, in one step: exchanges under way keep what they
     * began with, the next ones see the new tables. Control.
     *
     * @throws IllegalArgumentException if the settings were not checked before
     */
    public void load(GatewaySettings settings) {
        snapshot = new SnapshotBuilder(settings, registry, actions, extension).build();
    }

    @Override
    public void handle(ServerStream stream) {
        Exchange exchange = LoopState.of(stream.loop()).takeExchange();
        exchange.begin(this, stream);
        Phases.run(exchange);
    }

    @Override
    public void refuse(ServerStream stream, Failure why) {
        RequestId id = new RequestId();
        id.make(ids, stream.loop());
        LocalAnswer answer = snapshot.errorAnswers().ofMalformed(stream.loop(), why, id.text());
        stream.respond(answer, new HeadEdits());
        answer.sendBody(stream);
        stream.end(null);
        stream.flush();
        unrouted(stream.loop()).failed("", why.kind());
        log.malformed(stream, why, id.text());
        stream.release();
    }

    /** The finish phase's part that is not the exchange's own. */
    void finished(Exchange exchange) {
        Loop loop = exchange.loop();
        Route route = exchange.route;
        TrafficMetrics.PerLoop counted =
                route == null ? unrouted(loop) : route.metrics().on(loop.number());
        if (route == null) {
            counted.started();
        }
        Failure failure = exchange.failure;
        if (failure != null) {
            // By its final code, under the service of the last attempt.
            Service service = exchange.service;
            counted.failed(service == null ? "" : service.name(), failure.kind());
        }
        ServerStream stream = exchange.stream();
        counted.bytes(stream.bytesReceived(), stream.bytesSent());
        counted.ended(exchange.status, loop.now() - exchange.startedNanos);
        log.finished(exchange);
    }

    private TrafficMetrics.PerLoop unrouted(Loop loop) {
        return registry.unrouted().on(loop.number());
    }
}
