package dev.carve.gateway;

import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.InstanceWeight;
import dev.carve.gateway.service.NameWatch;
import dev.carve.gateway.service.ProtectionView;
import dev.carve.gateway.service.Service;
import dev.carve.gateway.service.Standing;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One service with its instances, as operators see it. Whatever else is decided for a service as a
 * whole is a component of its own here. Immutable.
 *
 * @param usable whether any instance may be given calls
 * @param traffic absent if the service was never called, or is not among the busiest
 * @param dns where the instances come from, if it is a name
 * @param protection how what protects it stands
 */
record ServiceStatus(
        String name,
        boolean usable,
        Optional<Traffic> traffic,
        List<InstanceStatus> instances,
        Optional<DnsStatus> dns,
        ProtectionView protection) {

    /**
     * A name whose addresses are instances.
     *
     * @param result how the last look-up ended
     * @param since when look-ups end like that
     */
    record DnsStatus(String name, int addresses, String result, Instant since) {

        static DnsStatus of(NameWatch watch) {
            NameWatch.Outcome last = watch.last();
            return new DnsStatus(
                    watch.name(),
                    watch.addresses().size(),
                    last == null ? "none yet" : last.code(),
                    watch.since());
        }
    }

    /**
     * One instance, with why and since when it stands as it does.
     *
     * @param name as commands take it
     * @param eligible whether calls may be sent to it
     * @param age how long it has been standing so
     * @param weight beside the others; absent if control did not tell in time
     * @param grown of its share, 0 to 1; less than 1 while it starts slowly
     * @param connections open ones, {@code idle} ones included
     */
    record InstanceStatus(
            String name,
            URI url,
            String state,
            boolean eligible,
            String reason,
            Instant since,
            Duration age,
            Optional<Integer> weight,
            Optional<Double> grown,
            int inFlight,
            int connections,
            int idle) {}

    static ServiceStatus of(
            Service service,
            Optional<Traffic> traffic,
            Map<Instance, InstanceWeight> weights,
            @Nullable NameWatch name,
            Instant now) {
        return new ServiceStatus(
                service.name(),
                service.isUsable(),
                traffic,
                service.shown().stream()
                        .map(each -> instance(each, weights.get(each), now))
                        .toList(),
                Optional.ofNullable(name).map(DnsStatus::of),
                service.protectionView());
    }

    private static InstanceStatus instance(
            Instance instance, @Nullable InstanceWeight weight, Instant now) {
        Standing standing = instance.standing();
        int inFlight = instance.inFlight();
        int connections = instance.upstream().connections();
        Duration age = Duration.between(standing.since(), now);
        return new InstanceStatus(
                instance.name(),
                instance.url(),
                word(standing.state()),
                standing.state().isEligible(),
                standing.reason(),
                standing.since(),
                age.isNegative() ? Duration.ZERO : age,
                Optional.ofNullable(weight).map(InstanceWeight::weight),
                Optional.ofNullable(weight).map(InstanceWeight::grown),
                inFlight,
                connections,
                // A call holds one connection; the two are not read at the same moment.
                Math.max(0, connections - inFlight));
    }

    static String word(Standing.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
