package dev.carve.gateway;

import dev.carve.gateway.metrics.TrafficMetrics;
import dev.carve.gateway.protect.Limit;
import dev.carve.gateway.service.Balance;
import dev.carve.gateway.service.Control;
import dev.carve.gateway.service.Discovery;
import dev.carve.gateway.service.HealthChecks;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Limits;
import dev.carve.gateway.service.ProtectionRules;
import dev.carve.gateway.service.RequestKey;
import dev.carve.gateway.service.Service;
import dev.carve.gateway.service.StickyCookie;
import dev.carve.gateway.service.Turns;
import dev.carve.gateway.settings.BalanceSettings;
import dev.carve.gateway.settings.DnsName;
import dev.carve.gateway.settings.DnsSettings;
import dev.carve.gateway.settings.GatewayChecks;
import dev.carve.gateway.settings.HashKey;
import dev.carve.gateway.settings.InstanceSettings;
import dev.carve.gateway.settings.Network;
import dev.carve.gateway.settings.ServiceSettings;
import dev.carve.http.HeadLimits;
import dev.carve.http.Loops;
import dev.carve.http.PemFile;
import dev.carve.http.UpstreamTls;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What lives across snapshots, by name: services with their instances and pools, and metrics. A
 * reload that leaves a definition equal keeps the object. What it takes away gets no more calls and
 * is kept in sight until nothing of it is open.
 *
 * <p>Threads: changed by control only; read by any.
 */
final class Registry {

    /** Names beyond this share one set of metrics, so that generated routes can not fill memory. */
    private static final int METRICS_MAX = 20_000;

    static final String OTHER = "(other)";

    /** What requests without a route are counted under. */
    static final String UNROUTED = "(none)";

    /** How often it is looked whether what was taken away has ended. */
    private static final long SWEEP_NANOS = 500_000_000;

    private final Loops loops;
    private final Control control;
    private final HealthChecks checks;
    private final Discovery discovery;
    private final Map<String, Service> services = new ConcurrentHashMap<>();
    private final Map<String, TrafficMetrics> routes = new ConcurrentHashMap<>();
    private final Map<String, TrafficMetrics> serviceMetrics = new ConcurrentHashMap<>();
    private final TrafficMetrics unrouted;
    private final Limits limits;
    private final Turns turns;

    // Control only.
    private final Map<Key, Instance> instances = new HashMap<>();
    private final Map<Key, Instance> leaving = new HashMap<>();
    private final Map<Instance, HealthChecks.Subject> checked = new HashMap<>();
    private Map<String, UpstreamTls> tls = Map.of();
    private File file = new File(Map.of(), List.of(), HeadLimits.DEFAULT, Duration.ZERO);
    private boolean sweeping;

    /** An address under a name is another instance than the same address by itself. */
    private record Key(String service, URI url, Optional<DnsName> name) {}

    /** What of the file in use is needed again when a name has other addresses. */
    record File(
            Map<String, ServiceSettings> services,
            List<Network> trusted,
            HeadLimits limits,
            Duration tunnels) {}

    Registry(Loops loops, Control control) {
        this.loops = loops;
        this.control = control;
        checks = new HealthChecks(loops, control);
        discovery = new Discovery(loops, control, this::readdress);
        limits = new Limits(control.clock());
        turns = new Turns(control, services.values(), limits);
        this.unrouted = new TrafficMetrics(loops.all().size());
        routes.put(UNROUTED, unrouted);
    }

    Collection<Service> services() {
        return services.values();
    }

    Discovery discovery() {
        return discovery;
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

    /**
     * What a file, or an answer to a look-up, changes here, once all of it can be used. Control.
     */
    final class Update {
        private final File file;
        private final Discovery.Plan names;
        private final Map<String, UpstreamTls> tls;
        private final Map<String, Service> named = new HashMap<>();
        private final Map<Service, Service.Members> members = new HashMap<>();
        private final Map<Key, Instance> kept = new HashMap<>();
        private final Map<Instance, InstanceDefinition> settings = new HashMap<>();
        private final Map<Instance, HealthChecks.Subject> checked = new HashMap<>();
        private final Map<Service, ProtectionRules> rules = new HashMap<>();
        private final Map<String, Limit> routeLimits = new HashMap<>();
        private final Map<String, Limit.Rule> routeRules = new HashMap<>();
        private final Map<String, TrafficMetrics> newRoutes = new HashMap<>();
        private final Map<String, TrafficMetrics> newServices = new HashMap<>();

        private Update(File file, Discovery.Plan names, Map<String, UpstreamTls> tls) {
            this.file = file;
            this.names = names;
            this.tls = tls;
        }

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

        /** Makes it so: what is not named any more is retired. */
        void commit() {
            Registry.this.file = file;
            Registry.this.tls = tls;
            routes.putAll(newRoutes);
            serviceMetrics.putAll(newServices);
            replace("taken out of the file", instances.keySet());
            limits.replace(routeLimits, routeRules);
            services.putAll(named);
            services.keySet().retainAll(named.keySet());
            // Calls under way hold the counts of a service that is gone; nobody shows them.
            serviceMetrics.keySet().removeIf(each -> !named.containsKey(each) && !isShared(each));
            names.commit();
            named.forEach((name, each) -> each.foundBy(discovery.watches().get(name)));
            control.execute(turns::begin);
        }

        /**
         * Changes services and instances.
         *
         * @param scope those of the instances so far that go if they are not named again
         */
        private void replace(String why, Set<Key> scope) {
            settings.forEach((instance, now) -> now.applyTo(instance));
            for (Map.Entry<Key, Instance> each : kept.entrySet()) {
                if (leaving.remove(each.getKey()) != null) {
                    each.getValue().revive();
                }
            }
            Set<Key> gone = new HashSet<>(scope);
            gone.removeAll(kept.keySet());
            for (Key each : gone) {
                Instance instance = instances.remove(each);
                if (instance != null) {
                    Registry.this.checked.remove(instance);
                    instance.retire(file.tunnels());
                    leaving.put(each, instance);
                }
            }
            instances.putAll(kept);
            kept.values().forEach(Registry.this.checked::remove);
            Registry.this.checked.putAll(checked);
            members.forEach(Service::replace);
            rules.forEach(Service::protect);
            checks.replace(Registry.this.checked);
            showLeaving(why);
        }
    }

    /** Tells services which of their former instances still have something open. */
    private void showLeaving(String why) {
        leaving.values().removeIf(Registry::isOver);
        for (Service each : services.values()) {
            List<Instance> its = new ArrayList<>();
            leaving.forEach((key, instance) -> {
                if (key.service().equals(each.name())) {
                    its.add(instance);
                }
            });
            if (!its.isEmpty() || !each.leaving().isEmpty()) {
                each.leaving(its, why);
            }
        }
        if (!leaving.isEmpty() && !sweeping) {
            sweeping = true;
            control.executeLater(this::sweep, SWEEP_NANOS);
        }
    }

    private void sweep() {
        sweeping = false;
        showLeaving("");
    }

    private static boolean isOver(Instance instance) {
        return instance.inFlight() == 0 && instance.connections() == 0;
    }

    /** Prepares what the file says, and changes nothing yet. Control. */
    Update prepare(File file) {
        Map<String, ServiceSettings> wanted = file.services();
        Map<String, DnsSettings> names = new HashMap<>();
        Map<String, UpstreamTls> secure = new HashMap<>();
        wanted.forEach((name, each) -> {
            each.dns().ifPresent(dns -> names.put(name, dns));
            if (isSecure(each)) {
                secure.put(name, tls(name, each));
            }
        });
        Update update = new Update(file, discovery.prepare(names), secure);
        wanted.forEach((name, each) -> prepare(update, name, each));
        return update;
    }

    /** A service's name has other addresses than before. Control. */
    private void readdress(String service) {
        ServiceSettings settings = file.services().get(service);
        Service known = services.get(service);
        if (settings == null || known == null || settings.dns().isEmpty()) {
            return;
        }
        Update update = new Update(file, discovery.asItIs(), tls);
        prepare(update, service, settings);
        Set<Key> its = new HashSet<>();
        for (Key each : instances.keySet()) {
            if (each.service().equals(service)) {
                its.add(each);
            }
        }
        update.replace("no longer an address of " + settings.dns().get().name().host(), its);
    }

    private void prepare(Update update, String name, ServiceSettings settings) {
        List<Instance> members = new ArrayList<>();
        for (InstanceSettings one : places(update, name, settings)) {
            members.add(instance(update, name, one, settings));
        }
        Service.Members now =
                new Service.Members(
                        members,
                        balance(settings.balance(), update.file.trusted()),
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

    /** Where a service's instances are: as the file says, or at the addresses of its name. */
    private static List<InstanceSettings> places(
            Update update, String service, ServiceSettings settings) {
        if (settings.dns().isEmpty()) {
            return settings.urls();
        }
        DnsName name = settings.dns().get().name();
        String scheme = settings.tls().isPresent() ? "https" : "http";
        return update.names.addresses(service).stream()
                .map(each -> InstanceAddress.url(scheme, each, name.port()))
                .map(url -> new InstanceSettings(url, 1, Optional.empty()))
                .toList();
    }

    private static boolean isSecure(ServiceSettings settings) {
        return settings.dns().isPresent()
                ? settings.tls().isPresent()
                : settings.urls().stream().anyMatch(each -> InstanceAddress.isSecure(each.url()));
    }

    /** Equal files give the same object, which the instances keep with their sessions. */
    private UpstreamTls tls(String service, ServiceSettings settings) {
        UpstreamTls.Material material = UpstreamTls.Material.DEFAULT;
        if (settings.tls().isPresent()) {
            try {
                material = GatewayChecks.materialOf(settings.tls().get());
            } catch (PemFile.UnusableException unusable) {
                // It could be used when the file was checked, a moment ago.
                throw new IllegalArgumentException(
                        "services." + service + ".tls: " + unusable.getMessage(), unusable);
            }
        }
        UpstreamTls known = tls.get(service);
        return known == null || !known.material().equals(material)
                ? UpstreamTls.of(material)
                : known;
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
            Update update, String service, InstanceSettings one, ServiceSettings settings) {
        Key key = new Key(service, one.url(), settings.dns().map(DnsSettings::name));
        InstanceDefinition definition =
                InstanceDefinition.of(one, settings, update.file.limits(), update.tls.get(service));
        Instance instance = update.kept.get(key);
        if (instance == null) {
            instance = instances.get(key);
        }
        if (instance == null) {
            instance = leaving.get(key);
        }
        if (instance == null) {
            instance = definition.make(loops, one.url());
        } else {
            update.settings.put(instance, definition);
        }
        update.kept.put(key, instance);
        return instance;
    }

    private static Balance balance(BalanceSettings from, List<Network> trusted) {
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
                                case ADDRESS -> RequestKey.address(trusted);
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
}
