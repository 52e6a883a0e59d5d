package dev.carve.app;

import dev.carve.config.Loaded;
import dev.carve.gateway.Gateway;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.gateway.settings.LimitSettings;
import dev.carve.gateway.settings.ListenSettings;
import dev.carve.http.HeadLimits;
import dev.carve.http.Listener;
import dev.carve.http.Loops;
import dev.carve.http.ServerSettings;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The listening sockets of a server, brought along by reloads: a new one is opened beside the old
 * before anything is swapped, one that the file no longer names closes gently.
 *
 * <p>Threads: control; addresses and counts are read by any.
 */
final class ListenerSet {

    private final Loops loops;
    private final Gateway gateway;

    // Written by control, read by any.
    private volatile Map<ListenSettings, Listener> open = Map.of();
    private volatile List<Listener> leaving = List.of();

    /** An address can not be had; the message is for people. */
    static final class BindException extends Exception {
        private static final long serialVersionUID = 1;

        BindException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    ListenerSet(Loops loops, Gateway gateway) {
        this.loops = loops;
        this.gateway = gateway;
    }

    List<InetSocketAddress> addresses() {
        return open.values().stream().map(Listener::address).toList();
    }

    /** Open connections of clients, those of closed listeners too. */
    int connections() {
        int sum = 0;
        for (Listener each : open.values()) {
            sum += each.connections();
        }
        for (Listener each : leaving) {
            sum += each.connections();
        }
        return sum;
    }

    /**
     * Opens what the file names and is not open yet.
     *
     * @throws BindException if one can not be had; then nothing is left of the others
     */
    Change prepare(Loaded wanted) throws BindException {
        LimitSettings limits = wanted.value(GatewayBlocks.LIMITS);
        Change change = new Change(limits);
        List<ListenSettings> all = wanted.value(GatewayBlocks.LISTEN);
        for (int i = 0; i < all.size(); i++) {
            ListenSettings each = all.get(i);
            Listener known = open.get(each);
            if (known != null) {
                change.next.put(each, known);
                continue;
            }
            try {
                Listener made = listen(each, limits);
                change.made.add(made);
                change.next.put(each, made);
            } catch (CompletionException failed) {
                change.close();
                String place = wanted.place("listen[" + i + "]");
                throw new BindException(place + ": listen: " + problem(each, failed), failed);
            }
        }
        return change;
    }

    private Listener listen(ListenSettings each, LimitSettings limits) {
        return loops.listen(
                        each.address().socket(),
                        each.backlog(),
                        serverSettings(limits),
                        connectionLimits(limits),
                        gateway,
                        gateway)
                .join();
    }

    private String problem(ListenSettings wanted, CompletionException failed) {
        String text = ListenFailure.text(wanted.address(), failed);
        for (ListenSettings each : open.keySet()) {
            int port = each.address().port();
            if (port != 0 && port == wanted.address().port()) {
                return text
                        + "; this gateway itself listens at "
                        + each.address()
                        + " with a backlog of "
                        + each.backlog()
                        + ", which only a restart can change";
            }
        }
        return text;
    }

    /** Closes all once nobody waits for being accepted. The future completes then. */
    CompletableFuture<Void> close() {
        return CompletableFuture.allOf(
                open.values().stream().map(Listener::drain).toArray(CompletableFuture[]::new));
    }

    private static Listener.ConnectionLimits connectionLimits(LimitSettings from) {
        return new Listener.ConnectionLimits(from.connections(), from.connectionsPerAddress());
    }

    private static ServerSettings serverSettings(LimitSettings from) {
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

    /** A set of listeners that is ready to take over; closed without commit, it leaves nothing. */
    final class Change implements AutoCloseable {

        private final LimitSettings limits;
        private final Map<ListenSettings, Listener> next = new LinkedHashMap<>();
        private final List<Listener> made = new ArrayList<>();
        private boolean committed;

        private Change(LimitSettings limits) {
            this.limits = limits;
        }

        /** The new set is the set. */
        void commit() {
            committed = true;
            Map<ListenSettings, Listener> before = open;
            List<Listener> left = new ArrayList<>(leaving);
            left.removeIf(each -> each.connections() == 0);
            for (Map.Entry<ListenSettings, Listener> each : before.entrySet()) {
                if (!next.containsKey(each.getKey())) {
                    each.getValue().drain();
                    left.add(each.getValue());
                }
            }
            leaving = List.copyOf(left);
            open = java.util.Collections.unmodifiableMap(next);
            ServerSettings settings = serverSettings(limits);
            next.values().forEach(each -> each.reconfigure(settings, connectionLimits(limits)));
        }

        @Override
        public void close() {
            if (!committed) {
                made.forEach(Listener::close);
            }
        }
    }
}
