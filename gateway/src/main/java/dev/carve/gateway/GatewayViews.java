package dev.carve.gateway;

import dev.carve.gateway.service.Control;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.InstanceWeight;
import dev.carve.gateway.service.Service;
import dev.carve.runtime.admin.AdminView;
import dev.carve.runtime.admin.BadArgumentException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What operators may read of the gateway. Each view takes {@code over}, such as {@code over=2s}:
 * then it looks twice, that far apart, and tells what happened in between too.
 *
 * <p>Immutable; asked by virtual threads, several at once.
 */
final class GatewayViews {

    private static final String OVER = "over";
    private static final Pattern TIME = Pattern.compile("([0-9]{1,6})(ms|s)");
    private static final long OVER_MILLIS_MIN = 100;
    private static final long OVER_MILLIS_MAX = 60_000;

    /** Control answers at once unless it is in trouble, which is when people look here. */
    private static final Duration CONTROL = Duration.ofSeconds(1);

    private final Registry registry;
    private final Control control;
    private final Supplier<Snapshot> snapshot;

    GatewayViews(Registry registry, Control control, Supplier<Snapshot> snapshot) {
        this.registry = registry;
        this.control = control;
        this.snapshot = snapshot;
    }

    /** Everything at once. */
    AdminView traffic() {
        return new AdminView(
                "traffic",
                "Services, instances and routes with their traffic since the start; over=2s adds"
                        + " what happens in 2 s from now.",
                this::status);
    }

    List<AdminView> all() {
        return List.of(
                traffic(),
                new AdminView(
                        "services",
                        "Services with their instances: state, reason, since when, traffic; takes"
                                + " over=2s.",
                        arguments -> status(arguments).services()),
                new AdminView(
                        "routes",
                        "The routes in use, in the order of the file, with their traffic; takes"
                                + " over=2s.",
                        arguments ->
                                RouteList.of(snapshot.get().routes(), status(arguments).routes())));
    }

    private TrafficStatus status(Map<String, String> arguments) {
        Duration over = over(arguments);
        TrafficSample before = null;
        if (over.isPositive()) {
            before = sample();
            pause(over);
        }
        Map<Instance, InstanceWeight> weights =
                OnControl.ask(control, CONTROL, this::weights).orElse(Map.of());
        return TrafficStatus.of(registry, before, sample(), weights, control.clock().now());
    }

    private TrafficSample sample() {
        return TrafficSample.take(registry, control.clock().nanos());
    }

    private Map<Instance, InstanceWeight> weights() {
        Map<Instance, InstanceWeight> weights = new HashMap<>();
        long now = control.clock().nanos();
        for (Service service : registry.services()) {
            Service.Members members = service.members();
            for (Instance each : members.instances()) {
                weights.put(each, InstanceWeight.of(each, members, now));
            }
        }
        return weights;
    }

    /** Control counts the time, and does nothing else for it. */
    private void pause(Duration time) {
        CountDownLatch over = new CountDownLatch(1);
        control.executeLater(over::countDown, time.toNanos());
        try {
            // Control may be late, or about to end with the process.
            var _ = over.await(2 * time.toNanos() + CONTROL.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException unwanted) {
            // Nobody reads the answer any more; it is made without waiting.
            Thread.currentThread().interrupt();
        }
    }

    private static Duration over(Map<String, String> arguments) {
        for (String each : arguments.keySet()) {
            if (!each.equals(OVER)) {
                throw new BadArgumentException(
                        "argument " + Names.quote(each) + " is not known (expected: over)");
            }
        }
        String text = arguments.get(OVER);
        return text == null ? Duration.ZERO : Duration.ofMillis(millis(text));
    }

    private static long millis(String text) {
        Matcher time = TIME.matcher(text);
        long millis = time.matches() ? Long.parseLong(time.group(1)) * factor(time.group(2)) : 0;
        if (millis < OVER_MILLIS_MIN || millis > OVER_MILLIS_MAX) {
            throw new BadArgumentException(
                    "over: " + Names.quote(text) + " (expected: from 100ms to 60s)");
        }
        return millis;
    }

    private static long factor(@Nullable String unit) {
        return "s".equals(unit) ? 1000 : 1;
    }
}
