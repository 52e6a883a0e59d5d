package dev.carve.app;

import dev.carve.admin.AdminBlocks;
import dev.carve.carving.Carves;
import dev.carve.carving.settings.CarveBlocks;
import dev.carve.config.Diagnostic;
import dev.carve.config.Diff;
import dev.carve.config.Loaded;
import dev.carve.config.Rejected;
import dev.carve.gateway.ActionMaker;
import dev.carve.gateway.Gateway;
import dev.carve.gateway.GatewaySettings;
import dev.carve.gateway.log.LogWriter;
import dev.carve.gateway.service.Control;
import dev.carve.gateway.settings.AccessLogSettings;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.gateway.settings.ShutdownSettings;
import dev.carve.gateway.settings.ThreadSettings;
import dev.carve.http.Loops;
import dev.carve.http.Transport;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running Carve: the composition root. Goes from start over {@link State#SERVING} and {@link
 * State#DRAINING} to {@link State#STOPPED}, once.
 *
 * <p>Threads: started by any thread; from then on everything is changed on the control thread,
 * which the methods hand over to.
 */
final class Server implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    /** Where a server stands. */
    enum State {
        SERVING,
        DRAINING,
        STOPPED
    }

    private final ServerOptions options;
    private final Loops loops;
    private final Gateway gateway;
    private final Carves carves;
    private final CarveStore store;
    private final ListenerSet listeners;
    private final ReloadHistory history = new ReloadHistory();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final ScheduledThreadPoolExecutor control;

    // Written at start, read by control.
    private volatile @Nullable LogWriter accessLog;
    private volatile @Nullable AdminPart admin;

    // Written by control, read by any.
    private volatile State state = State.SERVING;
    private volatile Loaded loaded;

    private Server(
            ServerOptions options,
            Loops loops,
            Gateway gateway,
            Carves carves,
            CarveStore store,
            ListenerSet listeners,
            ScheduledThreadPoolExecutor control,
            Loaded loaded) {
        this.options = options;
        this.loops = loops;
        this.gateway = gateway;
        this.carves = carves;
        this.store = store;
        this.listeners = listeners;
        this.control = control;
        this.loaded = loaded;
    }

    /** Its thread starts with the first task: a server that has nothing to judge has none. */
    private static ScheduledThreadPoolExecutor control() {
        ScheduledThreadPoolExecutor control =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().name("carve-control").factory());
        control.setRemoveOnCancelPolicy(true);
        return control;
    }

    /**
     * Starts a server that accepts connections when this returns.
     *
     * @throws StartException if an address can not be had, or the sockets' kind is not available
     */
    static Server start(Loaded loaded, ServerOptions options) throws StartException {
        ThreadSettings threads = loaded.value(GatewayBlocks.THREADS);
        int count =
                threads.loops() > 0 ? threads.loops() : Runtime.getRuntime().availableProcessors();
        Loops loops = Loops.start(transport(threads), count, options.clock());
        ScheduledThreadPoolExecutor control = control();
        try {
            Control verdicts = new Control(control, options.clock());
            CarveStore store = new CarveStore(loaded, options.clock(), control);
            Carves carves =
                    new Carves(
                            loops.all(), loaded.value(CarveBlocks.MIRROR), verdicts, store::open);
            Gateway gateway = Gateway.create(loops, ActionMaker.NONE, carves, verdicts);
            ListenerSet listeners = new ListenerSet(loops, gateway);
            gateway.load(GatewaySettings.of(loaded));
            limitBuffered(loops, loaded);
            listeners.prepare(loaded).commit();
            Server server =
                    new Server(options, loops, gateway, carves, store, listeners, control, loaded);
            server.openAccessLog(loaded);
            server.openAdmin();
            return server;
        } catch (ListenerSet.BindException failed) {
            control.shutdownNow();
            loops.close();
            throw new StartException(String.valueOf(failed.getMessage()), failed);
        } catch (RuntimeException failed) {
            control.shutdownNow();
            loops.close();
            throw failed;
        }
    }

    private static void limitBuffered(Loops loops, Loaded wanted) {
        loops.limitBuffered(wanted.value(GatewayBlocks.LIMITS).buffered().bytes());
    }

    /** After the listeners, which must not wait for it. */
    private void openAdmin() throws StartException {
        try {
            admin = AdminPart.open(this, options.clock());
        } catch (StartException failed) {
            close();
            throw failed;
        }
    }

    /** Writes the log as this configuration says; the writer stays when only the format changes. */
    private void openAccessLog(Loaded wanted) {
        AccessLogSettings log = wanted.value(GatewayBlocks.ACCESS_LOG);
        LogWriter writer = accessLog;
        if (writer == null && log.format() != AccessLogSettings.Format.OFF) {
            writer = new LogWriter(new FileOutputStream(FileDescriptor.out), log.buffer().bytes());
            accessLog = writer;
        }
        gateway.logTo(writer, log, options.clock());
    }

    /** Lines that the access log had no room for; any thread. */
    long droppedLogLines() {
        LogWriter writer = accessLog;
        return writer == null ? 0 : writer.dropped();
    }

    /** Where operators connect, null if nowhere. */
    @Nullable InetSocketAddress adminAddress() {
        AdminPart part = admin;
        return part == null ? null : part.address();
    }

    private static Transport transport(ThreadSettings threads) throws StartException {
        Transport transport =
                switch (threads.transport()) {
                    case AUTO -> Transport.preferred();
                    case EPOLL -> Transport.EPOLL;
                    case IO_URING -> Transport.IO_URING;
                    case NIO -> Transport.NIO;
                };
        // AUTO has asked already.
        if (threads.transport() != ThreadSettings.Sockets.AUTO && !transport.isAvailable()) {
            throw new StartException(
                    "threads.transport: "
                            + transport
                            + " is not available on this machine (expected: auto)",
                    new UnsupportedOperationException(transport.toString()));
        }
        return transport;
    }

    /** Where clients connect, with the ports that the system chose. */
    List<InetSocketAddress> addresses() {
        return listeners.addresses();
    }

    /** The addresses for people. */
    String addressText() {
        List<String> texts = new ArrayList<>();
        for (InetSocketAddress each : addresses()) {
            texts.add(
                    each.getAddress().isAnyLocalAddress()
                            ? "port " + each.getPort()
                            : each.getHostString() + ":" + each.getPort());
        }
        return String.join(", ", texts);
    }

    State state() {
        return state;
    }

    /** What {@code /readyz} says. */
    boolean isReady() {
        return state == State.SERVING;
    }

    Gateway gateway() {
        return gateway;
    }

    CarveStore store() {
        return store;
    }

    Carves carves() {
        return carves;
    }

    Loops loops() {
        return loops;
    }

    /** The configuration in use. */
    Loaded loaded() {
        return loaded;
    }

    /** How many reloads there were, and the last one's result; any thread. */
    ReloadHistory history() {
        return history;
    }

    // Reload.

    /** Reads the configuration anew and takes it over if nothing is wrong with it. */
    CompletableFuture<ReloadResult> reload() {
        return onControl(this::readAndReload);
    }

    /** Takes over a configuration that has been loaded. */
    CompletableFuture<ReloadResult> reload(Loaded wanted) {
        return onControl(() -> told(apply(wanted)));
    }

    private CompletableFuture<ReloadResult> onControl(
            java.util.function.Supplier<ReloadResult> work) {
        try {
            return CompletableFuture.supplyAsync(work, control);
        } catch (RejectedExecutionException over) {
            return CompletableFuture.completedFuture(
                    new ReloadResult.Refused(List.of("the server has stopped")));
        }
    }

    private ReloadResult readAndReload() {
        ReloadResult result;
        try {
            result =
                    switch (options.source().get()) {
                        case Rejected(List<Diagnostic> problems) ->
                                new ReloadResult.Refused(
                                        problems.stream().map(Diagnostic::toString).toList());
                        case Loaded wanted -> apply(wanted);
                    };
        } catch (UsageException wrong) {
            result = new ReloadResult.Refused(List.of(String.valueOf(wrong.getMessage())));
        } catch (RuntimeException failed) {
            // Ours to mend; whoever watches the file must be told and must go on watching.
            LOG.atError().setCause(failed).log("reading the configuration failed");
            result =
                    new ReloadResult.Refused(
                            List.of("the configuration can not be read: " + failed));
        }
        return told(result);
    }

    private ReloadResult apply(Loaded wanted) {
        if (state != State.SERVING) {
            return new ReloadResult.Refused(List.of("the server is stopping"));
        }
        List<String> changes =
                Diff.between(loaded, wanted).stream().map(Diff.Change::toString).toList();
        List<String> notes = new ArrayList<>();
        wanted.warnings().forEach(each -> notes.add(each.toString()));
        if (!wanted.value(GatewayBlocks.THREADS).equals(loaded.value(GatewayBlocks.THREADS))) {
            notes.add(
                    wanted.place("threads")
                            + ": warning: threads: the event loops stay as they are until the next"
                            + " start");
        }
        try (ListenerSet.Change change = listeners.prepare(wanted)) {
            store.use(wanted);
            gateway.load(GatewaySettings.of(wanted));
            carves.bound(wanted.value(CarveBlocks.MIRROR));
            limitBuffered(loops, wanted);
            change.commit();
        } catch (ListenerSet.BindException failed) {
            return new ReloadResult.Refused(List.of(String.valueOf(failed.getMessage())));
        } catch (RuntimeException failed) {
            // The checks let something pass that the gateway can not build: ours to mend.
            LOG.atError().setCause(failed).log("reload failed");
            return new ReloadResult.Refused(List.of("the gateway failed: " + failed));
        }
        openAccessLog(wanted);
        noteAdmin(wanted, notes);
        noteStore(wanted, notes);
        loaded = wanted;
        return new ReloadResult.Applied(changes, notes);
    }

    private void noteStore(Loaded wanted, List<String> notes) {
        boolean other = !wanted.value(CarveBlocks.STORE).equals(loaded.value(CarveBlocks.STORE));
        if (other && store.isOpen()) {
            notes.add(
                    wanted.place("store")
                            + ": warning: store: the store stays as it is until the next start");
        }
    }

    private void noteAdmin(Loaded wanted, List<String> notes) {
        if (!wanted.value(AdminBlocks.ADMIN).equals(loaded.value(AdminBlocks.ADMIN))) {
            notes.add(
                    wanted.place("admin")
                            + ": warning: admin: the admin listener stays as it is until the next"
                            + " start");
        }
    }

    private ReloadResult told(ReloadResult result) {
        history.add(result, options.clock().now());
        AdminPart part = admin;
        if (part != null) {
            part.reloaded(result);
        }
        switch (result) {
            case ReloadResult.Applied(List<String> changes, List<String> notes) -> {
                LOG.atInfo().addKeyValue("changes", changes.size()).log("configuration reloaded");
                notes.forEach(LOG::warn);
            }
            case ReloadResult.Refused(List<String> problems) -> {
                LOG.atError()
                        .addKeyValue("problems", problems.size())
                        .log("configuration not reloaded, the one before stays");
                problems.forEach(LOG::error);
            }
        }
        return result;
    }

    /** From now on reloads by itself when what is watched changes. */
    void watch(FileWatch watch) {
        watch.start(control, this::readAndReload);
    }

    // Stop.

    /**
     * Stops gently: not ready, then no longer accepting, then done once nothing is open or the
     * grace is over. The future completes when all is closed. Once; later calls change nothing.
     */
    CompletableFuture<Void> stop() {
        try {
            control.execute(this::beginDrain);
        } catch (RejectedExecutionException over) {
            // Stopped already.
        }
        return stopped;
    }

    private void beginDrain() {
        if (state != State.SERVING) {
            return;
        }
        state = State.DRAINING;
        ShutdownSettings shutdown = loaded.value(GatewayBlocks.SHUTDOWN);
        LOG.atInfo()
                .addKeyValue("connections", listeners.connections())
                .addKeyValue("grace", shutdown.grace())
                .log("stopping");
        control.schedule(
                () -> stopAccepting(shutdown.grace()),
                shutdown.delay().toNanos(),
                TimeUnit.NANOSECONDS);
    }

    private void stopAccepting(Duration grace) {
        long deadline = options.clock().nanos() + grace.toNanos();
        listeners
                .close()
                .whenCompleteAsync(
                        (_, _) -> {
                            // Last, so that what was accepted from the backlog is told too.
                            loops.drain();
                            awaitIdle(deadline);
                        },
                        control);
    }

    private void awaitIdle(long deadlineNanos) {
        int open = listeners.connections();
        if (open == 0 || options.clock().nanos() - deadlineNanos >= 0) {
            if (open > 0) {
                LOG.atWarn().addKeyValue("connections", open).log("grace is over, closing");
            }
            finish();
        } else {
            control.schedule(
                    () -> awaitIdle(deadlineNanos), LOOK_AGAIN.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void finish() {
        if (state == State.STOPPED) {
            return;
        }
        state = State.STOPPED;
        AdminPart part = admin;
        if (part != null) {
            part.close();
        }
        LogWriter log = accessLog;
        if (log != null) {
            gateway.endLog(log);
        }
        loops.close();
        carves.close();
        store.close();
        if (log != null) {
            log.close();
        }
        // Last: it interrupts this very thread, which then would not wait for the log's last lines.
        control.shutdownNow();
        LOG.info("stopped");
        stopped.complete(null);
    }

    /** Waits until the server has stopped. */
    void awaitStopped() {
        stopped.join();
    }

    /** Ends at once: what is open is closed. Returns when all is closed. */
    @Override
    public void close() {
        try {
            control.execute(() -> {
                if (state != State.STOPPED) {
                    finish();
                }
            });
        } catch (RejectedExecutionException over) {
            // Stopped already, or about to be.
        }
        stopped.join();
    }
}
