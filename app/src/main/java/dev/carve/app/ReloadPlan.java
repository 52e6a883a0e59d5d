package dev.carve.app;

import dev.carve.admin.AdminBlocks;
import dev.carve.config.Loaded;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.gateway.settings.ListenSettings;
import dev.carve.gateway.settings.ServiceSettings;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What a reload from one configuration to another does, in sentences. */
final class ReloadPlan {

    private static final String ADDRESSES = "the addresses of ";

    private final Loaded before;
    private final Loaded after;
    private final List<String> steps = new ArrayList<>();

    private ReloadPlan(Loaded before, Loaded after) {
        this.before = before;
        this.after = after;
    }

    /** In the order in which it is of interest; empty if nothing would happen. */
    static List<String> of(Loaded before, Loaded after) {
        ReloadPlan plan = new ReloadPlan(before, after);
        plan.listeners();
        plan.services();
        plan.routes();
        plan.restarts();
        return List.copyOf(plan.steps);
    }

    private void listeners() {
        Set<String> old = addresses(before);
        Set<String> now = addresses(after);
        now.stream().filter(each -> !old.contains(each)).forEach(each -> add("listens at " + each));
        old.stream()
                .filter(each -> !now.contains(each))
                .forEach(each ->
                        add("no longer listens at " + each + "; open connections may go on"));
    }

    private static Set<String> addresses(Loaded of) {
        return of.value(GatewayBlocks.LISTEN).stream()
                .map(ListenSettings::address)
                .map(Object::toString)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private void services() {
        Map<String, ServiceSettings> old = before.value(GatewayBlocks.SERVICES);
        Map<String, ServiceSettings> now = after.value(GatewayBlocks.SERVICES);
        int kept = 0;
        for (Map.Entry<String, ServiceSettings> each : now.entrySet()) {
            ServiceSettings known = old.get(each.getKey());
            if (known == null) {
                add("makes service " + each.getKey() + " with " + instances(each.getValue()));
            } else if (known.equals(each.getValue())) {
                kept++;
            } else {
                changed(each.getKey(), places(known), places(each.getValue()));
            }
        }
        for (Map.Entry<String, ServiceSettings> each : old.entrySet()) {
            if (!now.containsKey(each.getKey())) {
                add(
                        "removes service "
                                + each.getKey()
                                + "; calls under way are finished, its counts end");
            }
        }
        if (kept > 0 && !before.value(GatewayBlocks.SERVICES).equals(now)) {
            add(
                    "keeps "
                            + (kept == 1 ? "1 other service" : kept + " other services")
                            + " untouched");
        }
    }

    /**
     * An instance whose URL stays keeps its connections, its standing and what an operator said; so
     * does one that is found under a name that stays.
     */
    private void changed(String name, Set<String> old, Set<String> now) {
        long stay = now.stream().filter(old::contains).count();
        StringBuilder step = new StringBuilder("changes service ").append(name);
        if (stay > 0 && now.stream().anyMatch(each -> each.startsWith(ADDRESSES))) {
            now.forEach(each -> step.append("; ").append(each).append(" stay"));
            step.append(", connections included");
        } else if (stay > 0) {
            step.append("; ").append(stay == 1 ? "1 instance stays" : stay + " instances stay");
            step.append(", connections included");
        }
        now.stream()
                .filter(each -> !old.contains(each))
                .forEach(each -> step.append("; adds ").append(each));
        old.stream()
                .filter(each -> !now.contains(each))
                .forEach(each -> step.append("; drains and removes ").append(each));
        add(step.toString());
    }

    /** Where its instances are, as far as the file says: URLs, or one name. */
    private static Set<String> places(ServiceSettings of) {
        Set<String> places = new LinkedHashSet<>();
        of.urls().forEach(each -> places.add(each.url().toString()));
        of.dns().ifPresent(each -> places.add(ADDRESSES + each.name()));
        return places;
    }

    private static String instances(ServiceSettings of) {
        if (of.dns().isPresent()) {
            return ADDRESSES + of.dns().get().name();
        }
        int count = of.urls().size();
        return count == 1 ? "1 instance" : count + " instances";
    }

    private void routes() {
        if (!before.value(GatewayBlocks.ROUTES).equals(after.value(GatewayBlocks.ROUTES))) {
            add("swaps the routes in one step; requests under way end as they began");
        }
    }

    private void restarts() {
        if (!before.value(GatewayBlocks.THREADS).equals(after.value(GatewayBlocks.THREADS))) {
            add("leaves threads as they are until the next start");
        }
        if (!before.value(AdminBlocks.ADMIN).equals(after.value(AdminBlocks.ADMIN))) {
            add("leaves the admin listener as it is until the next start");
        }
    }

    private void add(String step) {
        steps.add(step);
    }
}
