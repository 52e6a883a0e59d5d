package dev.carve.admin;

import dev.carve.http.Listener;
import dev.carve.http.Loops;
import dev.carve.http.ServerSettings;
import dev.carve.runtime.admin.AdminCommand;
import dev.carve.runtime.admin.AdminView;
import dev.carve.runtime.metrics.MetricSource;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The running admin listener. It shares the event loops with the data plane but nothing else: its
 * connections and calls have bounds of their own.
 *
 * <p>Started and closed by control.
 */
public final class AdminServer {

    private static final int BACKLOG = 128;

    private final Listener listener;

    /**
     * What the rest of the process shows and lets be done.
     *
     * @param views with names of their own
     * @param commands with names of their own
     */
    public record Parts(
            Readiness readiness,
            List<MetricSource> metrics,
            List<AdminView> views,
            List<AdminCommand> commands) {

        public Parts {
            metrics = List.copyOf(metrics);
            views = List.copyOf(views);
            commands = List.copyOf(commands);
        }
    }

    private AdminServer(Listener listener) {
        this.listener = listener;
    }

    /**
     * Begins to listen; the future fails if the address can not be had.
     *
     * @throws IllegalArgumentException if the settings say off, or two views or two commands share
     *     a name
     */
    public static CompletableFuture<AdminServer> start(
            Loops loops, AdminSettings settings, Parts parts) {
        if (settings.address().isOff()) {
            throw new IllegalArgumentException("admin: off");
        }
        AdminHandler handler =
                new AdminHandler(
                        new Access(settings.token(), settings.hosts()),
                        new AdminCalls(parts),
                        settings.concurrency());
        return loops.listen(
                        settings.address().socket(),
                        BACKLOG,
                        ServerSettings.DEFAULT,
                        new Listener.ConnectionLimits(settings.connections(), 0),
                        handler,
                        handler)
                .thenApply(AdminServer::new);
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return listener.address();
    }

    /** Accepts no more; answers under way are finished. */
    public CompletableFuture<Void> close() {
        return listener.close();
    }
}
