package dev.carve.gateway;

import dev.carve.gateway.protect.Ejection;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.InstanceWeight;
import dev.carve.gateway.service.NameWatch;
import dev.carve.gateway.service.Service;
import dev.carve.gateway.service.Standing;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
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
        ProtectionStatus protection) {

    /**
     * A name whose addresses are instances.
     *
     * @param result how the last look-up ended
     * @param good whether it ended with all that there is to know
     * @param since when look-ups end like that
     * @param age how long they have been
     */
    record DnsStatus(
            String name, int addresses, String result, boolean good, Instant since, Duration age) {

        static DnsStatus of(NameWatch watch, Instant now) {
            NameWatch.Outcome last = watch.last();
            return new DnsStatus(
                    watch.name(),
                    watch.addresses().size(),
                    last == null ? "none yet" : last.code(),
                    last == NameWatch.Outcome.FOUND,
                    watch.since(),
                    last == null ? Duration.ZERO : ServiceStatus.age(watch.since(), now));
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
     * @param ejections how often it was left out since its calls failed; absent if nobody judges it
     * @param traffic absent if it is beyond the number of instances that are told of
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
            int idle,
            Optional<Integer> ejections,
            Optional<InstanceTraffic> traffic) {}

    /**
     * @param weights as far as control told them
     * @param instances as far as they were counted
     */
    static ServiceStatus of(
            Service service,
            Optional<Traffic> traffic,
            Map<Instance, InstanceWeight> weights,
            Function<Instance, Optional<InstanceTraffic>> instances,
            @Nullable NameWatch name,
            Instant now) {
        List<InstanceStatus> shown =
                service.shown().stream()
                        .map(each -> instance(each, weights.get(each), instances.apply(each), now))
                        .toList();
        Optional<Long> ejections =
                shown.stream()
                        .flatMap(each -> each.ejections().stream())
                        .map(Integer::longValue)
                        .reduce(Long::sum);
        return new ServiceStatus(
                service.name(),
                service.isUsable(),
                traffic,
                shown,
                Optional.ofNullable(name).map(each -> DnsStatus.of(each, now)),
                ProtectionStatus.of(service.protectionView(), ejections, now));
    }

    private static InstanceStatus instance(
            Instance instance,
            @Nullable InstanceWeight weight,
            Optional<InstanceTraffic> traffic,
            Instant now) {
        Standing standing = instance.standing();
        int inFlight = instance.inFlight();
        int connections = instance.connections();
        return new InstanceStatus(
                instance.name(),
                instance.url(),
                word(standing.state()),
                standing.state().isEligible(),
                standing.reason(),
                standing.since(),
                age(standing.since(), now),
                Optional.ofNullable(weight).map(InstanceWeight::weight),
                Optional.ofNullable(weight).map(InstanceWeight::grown),
                inFlight,
                connections,
                // A call holds one connection; the two are not read at the same moment.
                Math.max(0, connections - inFlight),
                Optional.ofNullable(instance.judged()).map(Ejection.Member::ejections),
                traffic);
    }

    /** Never negative: whoever set the time may have looked at the clock a little later. */
    static Duration age(Instant since, Instant now) {
        Duration age = Duration.between(since, now);
        return age.isNegative() ? Duration.ZERO : age;
    }

    static String word(Standing.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
