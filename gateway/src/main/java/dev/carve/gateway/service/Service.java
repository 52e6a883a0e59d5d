package dev.carve.gateway.service;

import dev.carve.gateway.log.Escapes;
import dev.carve.gateway.metrics.TrafficMetrics;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A named set of instances that answer the same requests. The object lives across reloads as long
 * as its name does; what a reload may change is one volatile {@link Members}.
 *
 * <p>Threads: control replaces the members, any event loop picks.
 */
public final class Service {

    private final String name;
    private final byte[] escapedName;
    private final TrafficMetrics metrics;
    private final AtomicInteger turn = new AtomicInteger();

    // Written by control, read by any.
    private volatile Members members;

    /**
     * What one loaded configuration says of a service.
     *
     * @param instances never empty
     * @param attempts tries of one call in all, 1 for no retry
     * @param deadline whether {@code Carve-Timeout} is sent to it
     */
    public record Members(
            List<Instance> instances, Balance balance, int attempts, boolean deadline) {

        public Members {
            instances = List.copyOf(instances);
            if (instances.isEmpty()) {
                throw new IllegalArgumentException("a service needs an instance");
            }
        }
    }

    public Service(String name, TrafficMetrics metrics, Members members) {
        this.name = name;
        this.escapedName = Escapes.json(name);
        this.metrics = metrics;
        this.members = members;
    }

    public String name() {
        return name;
    }

    /** The name as it stands inside a JSON string. Never written to. */
    public byte[] escapedName() {
        return escapedName;
    }

    public TrafficMetrics metrics() {
        return metrics;
    }

    public Members members() {
        return members;
    }

    /** Replaces what the file says of it. Control. */
    public void replace(Members members) {
        this.members = members;
    }

    /**
     * The instance for the next attempt.
     *
     * @param except the one that just failed; chosen again only if there is no other
     * @param random any bits, used for the two choices
     */
    public Instance pick(@Nullable Instance except, int random) {
        Members now = members;
        List<Instance> instances = now.instances();
        int count = instances.size();
        if (count == 1) {
            return instances.get(0);
        }
        Instance picked =
                switch (now.balance()) {
                    case ROUND_ROBIN -> instances.get(Math.floorMod(turn.getAndIncrement(), count));
                    case LEAST_REQUESTS -> lessBusy(instances, random);
                };
        if (picked == except) {
            int next = instances.indexOf(picked) + 1;
            picked = instances.get(next == count ? 0 : next);
        }
        return picked;
    }

    private static Instance lessBusy(List<Instance> instances, int random) {
        int count = instances.size();
        int first = (random >>> 16) % count;
        int second = (random & 0xFFFF) % (count - 1);
        if (second >= first) {
            second++;
        }
        Instance one = instances.get(first);
        Instance other = instances.get(second);
        return other.inFlight() < one.inFlight() ? other : one;
    }
}
