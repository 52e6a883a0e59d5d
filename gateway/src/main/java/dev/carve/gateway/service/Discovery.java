package dev.carve.gateway.service;

import dev.carve.gateway.settings.DnsSettings;
import dev.carve.gateway.settings.GatewayChecks;
import dev.carve.http.Loops;
import dev.carve.http.NameLookup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The services whose instances are the addresses of a name, each with its {@link NameWatch}.
 *
 * <p>Threads: changed by control, and by the thread that starts before control does anything; read
 * by any.
 */
public final class Discovery {

    /**
     * How long a file that names new names waits for them all, so that a route does not move to a
     * service that has instances, but not yet. A name server that does not answer at all takes as
     * long to be given up.
     */
    private static final Duration FIRST_WAIT = Duration.ofSeconds(4);

    private final Loops loops;
    private final Control control;
    private final Consumer<String> changed;
    private final Map<String, NameWatch> watches = new ConcurrentHashMap<>();

    // Control only.
    private final Map<String, Subject> subjects = new HashMap<>();
    private final Map<Server, NameLookup> lookups = new HashMap<>();

    /** What makes it another name; bounds and port do not. */
    private record Subject(String host, Server server) {

        static Subject of(DnsSettings settings) {
            return new Subject(
                    settings.name().host(), new Server(GatewayChecks.serverOf(settings)));
        }
    }

    /** Null for those of the system. */
    private record Server(@Nullable InetSocketAddress address) {}

    /**
     * @param changed told the name of a service, on control, whose addresses are others now
     */
    public Discovery(Loops loops, Control control, Consumer<String> changed) {
        this.loops = loops;
        this.control = control;
        this.changed = changed;
    }

    /** By service; any thread. */
    public Map<String, NameWatch> watches() {
        return watches;
    }

    /** The names that a file wants; nothing changes until {@link #commit}. */
    public final class Plan {
        private final Map<String, DnsSettings> wanted;
        private final Map<String, NameWatch> fresh = new HashMap<>();

        private Plan(Map<String, DnsSettings> wanted) {
            this.wanted = wanted;
        }

        /** What is known of a service's name. */
        public List<InetAddress> addresses(String service) {
            NameWatch watch = fresh.get(service);
            if (watch == null) {
                watch = watches.get(service);
            }
            return watch == null ? List.of() : watch.addresses();
        }

        /** From now on these names are watched and no others. */
        public void commit() {
            Set<Server> used = new HashSet<>();
            for (Map.Entry<String, NameWatch> each : Map.copyOf(watches).entrySet()) {
                String service = each.getKey();
                if (!wanted.containsKey(service) || fresh.containsKey(service)) {
                    each.getValue().stop();
                    watches.remove(service);
                    subjects.remove(service);
                }
            }
            wanted.forEach((service, settings) -> {
                Subject subject = Subject.of(settings);
                used.add(subject.server());
                subjects.put(service, subject);
                NameWatch watch = fresh.get(service);
                if (watch == null) {
                    known(service).define(settings);
                } else {
                    watches.put(service, watch);
                    watch.begin();
                }
            });
            lookups.entrySet()
                    .removeIf(each -> {
                        boolean unused = !used.contains(each.getKey());
                        if (unused) {
                            each.getValue().close();
                        }
                        return unused;
                    });
        }
    }

    /** The names as they are watched now, to be asked only. */
    public Plan asItIs() {
        return new Plan(Map.of());
    }

    private NameWatch known(String service) {
        NameWatch watch = watches.get(service);
        if (watch == null) {
            throw new IllegalStateException("no watch of " + service);
        }
        return watch;
    }

    /** Looks up what is new, and waits a little for it. */
    public Plan prepare(Map<String, DnsSettings> wanted) {
        Plan plan = new Plan(wanted);
        wanted.forEach((service, settings) -> {
            Subject subject = Subject.of(settings);
            if (!subject.equals(subjects.get(service))) {
                NameLookup lookup =
                        lookups.computeIfAbsent(
                                subject.server(),
                                server -> new NameLookup(loops, server.address()));
                NameWatch watch =
                        new NameWatch(service, settings, lookup::addresses, control, changed);
                watch.prepare();
                plan.fresh.put(service, watch);
            }
        });
        long deadline = control.clock().nanos() + FIRST_WAIT.toNanos();
        for (NameWatch each : plan.fresh.values()) {
            each.awaitFirst(Math.max(0, deadline - control.clock().nanos()));
        }
        return plan;
    }
}
