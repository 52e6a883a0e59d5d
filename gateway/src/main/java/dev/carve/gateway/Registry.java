package dev.carve.gateway;

import dev.carve.gateway.metrics.TrafficMetrics;
import dev.carve.gateway.protect.Limit;
import dev.carve.gateway.service.Balance;
import dev.carve.gateway.service.Control;
import dev.carve.gateway.service.HealthChecks;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Limits;
import dev.carve.gateway.service.ProtectionRules;
import dev.carve.gateway.service.RequestKey;
import dev.carve.gateway.service.Service;
import dev.carve.gateway.service.StickyCookie;
import dev.carve.gateway.service.Turns;
import dev.carve.gateway.settings.BalanceSettings;
import dev.carve.gateway.settings.HashKey;
import dev.carve.gateway.settings.InstanceSettings;
import dev.carve.gateway.settings.ServiceSettings;
import dev.carve.http.HeadLimits;
import dev.carve.http.Loops;
import dev.carve.http.Upstream;
import dev.carve.http.UpstreamSettings;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What lives across snapshots, by name: services with their instances and pools, and metrics. A
 * reload that leaves a definition equal keeps the object.
 *
 * <p>Threads: changed by control only; read by any.
 */
final class Registry {

    /** Names beyond this share one set of metrics, so that generated routes can not fill memory. */
    private static final int METRICS_MAX = 20_000;

    static final String OTHER = "(other)";

    /** What requests without a route are counted under. */
    static final String UNROUTED = "(none)";

    private final Loops loops;
    private final Control control;
    private final HealthChecks checks;
    private final Map<String, Service> services = new ConcurrentHashMap<>();
    private final Map<String, TrafficMetrics> routes = new ConcurrentHashMap<>();
    private final Map<String, TrafficMetrics> serviceMetrics = new ConcurrentHashMap<>();
    private final TrafficMetrics unrouted;
    private final Limits limits;
    private final Turns turns;

    // Control only.
    private final Map<Key, Instance> instances = new HashMap<>();

    private record Key(String service, URI url) {}

    Registry(Loops loops, Control control) {
        this.loops = loops;
        this.control = control;
        checks = new HealthChecks(loops, control);
        limits = new Limits(control.clock());
        turns = new Turns(control, services.values(), limits);
        this.unrouted = new TrafficMetrics(loops.all().size());
        routes.put(UNROUTED, unrouted);
    }

    Collection<Service> services() {
        return services.values();
    }

    Map<String, TrafficMetrics> routeMetrics() {
        return routes;
    }

    Map<String, TrafficMetrics> serviceMetrics() {
        return serviceMetrics;
    }

    /** The limits of routes. */
    Limits limits() {
        return limits;
    }

    TrafficMetrics unrouted() {
        return unrouted;
    }

    /**
     * What is counted under a name: kept from before, or new and then put into {@code added} only,
     * since a file that can not be used leaves nothing.
     */
    private TrafficMetrics metrics(
            Map<String, TrafficMetrics> kept, Map<String, TrafficMetrics> added, String name) {
        TrafficMetrics known = kept.get(name);
        if (known == null) {
            known = added.get(name);
        }
        if (known != null) {
            return known;
        }
        if (kept.size() + added.size() >= METRICS_MAX && !name.equals(OTHER)) {
            return metrics(kept, added, OTHER);
        }
        TrafficMetrics made = new TrafficMetrics(loops.all().size());
        added.put(name, made);
        return made;
    }

    /** What a file changes here, once it is sure that all of it can be used. Control. */
    final class Update {
        private final Map<String, Service> named = new HashMap<>();
        private final Map<Service, Service.Members> members = new HashMap<>();
        private final Map<Key, Instance> kept = new HashMap<>();
        private final Map<Instance, Definition> settings = new HashMap<>();
        private final Map<Instance, HealthChecks.Subject> checked = new HashMap<>();
        private final Map<Service, ProtectionRules> rules = new HashMap<>();
        private final Map<String, Limit> routeLimits = new HashMap<>();
        private final Map<String, Limit.Rule> routeRules = new HashMap<>();
        private final Map<String, TrafficMetrics> newRoutes = new HashMap<>();
        private final Map<String, TrafficMetrics> newServices = new HashMap<>();

        /** The services that there will be, by name; those that stay are the same objects. */
        Map<String, Service> services() {
            return named;
        }

        /** What a route of this name counts in; routes of one name share it. */
        TrafficMetrics routeMetrics(String name) {
            return metrics(routes, newRoutes, name);
        }

        /** What bounds the requests of a route of this name; routes of one name share it. */
        Limit routeLimit(String name, Limit.Rule rule) {
            routeRules.putIfAbsent(name, rule);
            return routeLimits.computeIfAbsent(name, _ -> limits.prepare(name, rule));
        }

        /** Whether services beyond the bound count under this name, and one of them stays. */
        private boolean isShared(String name) {
            return name.equals(OTHER)
                    && named.values().stream()
                            .anyMatch(each -> each.metrics() == serviceMetrics.get(OTHER));
        }

        private TrafficMetrics serviceMetricsOf(String name) {
            return metrics(serviceMetrics, newServices, name);
        }

        /** Makes it so: what is not named any more is retired, its tunnels after this time. */
        void commit(Duration tunnels) {
            routes.putAll(newRoutes);
            serviceMetrics.putAll(newServices);
            settings.forEach((instance, now) -> now.applyTo(instance));
            members.forEach(Service::replace);
            rules.forEach(Service::protect);
            limits.replace(routeLimits, routeRules);
            services.putAll(named);
            services.keySet().retainAll(named.keySet());
            // Calls under way hold the counts of a service that is gone; nobody shows them.
            serviceMetrics.keySet().removeIf(each -> !named.containsKey(each) && !isShared(each));
            for (Map.Entry<Key, Instance> each : instances.entrySet()) {
                if (!kept.containsKey(each.getKey())) {
                    each.getValue().upstream().retire(tunnels);
                }
            }
            instances.clear();
            instances.putAll(kept);
            checks.replace(checked);
            control.execute(turns::begin);
        }
    }

    /** What the file says of one instance. */
    private record Definition(UpstreamSettings upstream, int weight, int requestsMax) {

        void applyTo(Instance instance) {
            instance.upstream().reconfigure(upstream);
            instance.define(weight, requestsMax);
        }
    }

    /** Prepares what the file says, and changes nothing yet. Control. */
    Update prepare(Map<String, ServiceSettings> wanted, HeadLimits limits) {
        Update update = new Update();
        for (Map.Entry<String, ServiceSettings> each : wanted.entrySet()) {
            String name = each.getKey();
            ServiceSettings settings = each.getValue();
            List<Instance> members = new ArrayList<>();
            for (InstanceSettings one : settings.urls()) {
                members.add(instance(update, name, one, settings, limits));
            }
            Service.Members now =
                    new Service.Members(
                            members,
                            balance(settings.balance()),
                            settings.retries().attempts(),
                            settings.deadline(),
                            settings.slowStart(),
                            settings.health().isPresent(),
                            settings.readiness());
            Service service = services.get(name);
            if (service == null) {
                service = new Service(name, update.serviceMetricsOf(name), now, control);
            } else {
                update.members.put(service, now);
            }
            update.named.put(name, service);
            update.rules.put(service, ServiceRules.of(settings));
            check(update, service, members, settings);
        }
        return update;
    }

    private static void check(
            Update update, Service service, List<Instance> members, ServiceSettings settings) {
        settings.health()
                .ifPresent(health -> {
                    for (Instance each : members) {
                        update.checked.put(each, new HealthChecks.Subject(service, health));
                    }
                });
    }

    private Instance instance(
            Update update,
            String service,
            InstanceSettings one,
            ServiceSettings settings,
            HeadLimits limits) {
        Key key = new Key(service, one.url());
        Definition definition =
                new Definition(
                        upstreamSettings(settings, limits),
                        one.weight(),
                        one.requests().or(settings::requests).orElse(Instance.UNBOUNDED));
        Instance instance = update.kept.get(key);
        if (instance == null) {
            instance = instances.get(key);
        }
        if (instance == null) {
            Upstream upstream = new Upstream(loops, address(one.url()), definition.upstream());
            instance = new Instance(one.url(), upstream);
            definition.applyTo(instance);
        } else {
            update.settings.put(instance, definition);
        }
        update.kept.put(key, instance);
        return instance;
    }

    private static Balance balance(BalanceSettings from) {
        return switch (from) {
            case BalanceSettings.By(BalanceSettings.Way way) ->
                    switch (way) {
                        case ROUND_ROBIN -> new Balance.RoundRobin();
                        case LEAST_REQUESTS -> new Balance.LeastRequests();
                    };
            case BalanceSettings.Hash(HashKey(HashKey.From where, String name)) ->
                    new Balance.Hash(
                            switch (where) {
                                case HEADER -> RequestKey.header(name);
                                case COOKIE -> RequestKey.cookie(name);
                                case ADDRESS -> RequestKey.address();
                            });
            case BalanceSettings.Sticky sticky ->
                    new Balance.Sticky(new StickyCookie(sticky.cookie(), attributes(sticky)));
        };
    }

    private static String attributes(BalanceSettings.Sticky from) {
        StringBuilder out = new StringBuilder();
        out.append("; Path=").append(from.path());
        from.maxAge().ifPresent(age -> out.append("; Max-Age=").append(age.toSeconds()));
        if (from.secure()) {
            out.append("; Secure");
        }
        if (from.httpOnly()) {
            out.append("; HttpOnly");
        }
        String site = from.sameSite().name().toLowerCase(Locale.ROOT);
        out.append("; SameSite=").append(Character.toUpperCase(site.charAt(0)));
        return out.append(site, 1, site.length()).toString();
    }

    private static UpstreamSettings upstreamSettings(ServiceSettings from, HeadLimits limits) {
        ServiceSettings.Timeouts timeouts = from.timeouts();
        return new UpstreamSettings(
                timeouts.connect(),
                timeouts.response(),
                timeouts.idle(),
                timeouts.tunnel(),
                from.idleKept(),
                from.idleExcess(),
                from.connections(),
                limits);
    }

    private static SocketAddress address(URI url) {
        if (url.getScheme().equalsIgnoreCase("unix")) {
            return UnixDomainSocketAddress.of(url.getPath());
        }
        int port = url.getPort() < 0 ? 80 : url.getPort();
        String host = url.getHost();
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        return new InetSocketAddress(host, port);
    }
}
