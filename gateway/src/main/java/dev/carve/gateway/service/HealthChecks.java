package dev.carve.gateway.service;

import dev.carve.gateway.settings.HealthSettings;
import dev.carve.http.HeadLimits;
import dev.carve.http.Loop;
import dev.carve.http.Loops;
import dev.carve.http.Upstream;
import dev.carve.http.UpstreamSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The checks of all instances that have one. Each goes over connections of its own, which neither
 * balancing nor any bound counts: an instance that is full is not for that reason unhealthy.
 *
 * <p>Thread: control.
 */
public final class HealthChecks {

    private static final int CONNECTIONS = 4;

    private final Loops loops;
    private final Control control;
    private final SplittableRandom random = new SplittableRandom();
    private final Map<Instance, Running> running = new HashMap<>();

    /** For whom an instance is checked, and how. */
    public record Subject(Service service, HealthSettings settings) {}

    private record Running(Subject subject, HealthCheck check) {}

    public HealthChecks(Loops loops, Control control) {
        this.loops = loops;
        this.control = control;
    }

    /** From now on these are checked and no others; what stays the same goes on. */
    public void replace(Map<Instance, Subject> wanted) {
        for (Map.Entry<Instance, Running> each : Map.copyOf(running).entrySet()) {
            Instance instance = each.getKey();
            Running old = each.getValue();
            Subject now = wanted.get(instance);
            if (!old.subject().equals(now)) {
                old.check().stop();
                running.remove(instance);
                if (now == null) {
                    old.subject().service().unchecked(instance);
                }
            }
        }
        wanted.forEach((instance, subject) -> {
            if (!running.containsKey(instance)) {
                HealthCheck check = check(instance, subject);
                running.put(instance, new Running(subject, check));
                check.start();
            }
        });
    }

    private HealthCheck check(Instance instance, Subject subject) {
        // The check's own timer ends it, whatever it waits for: one reason for one cause.
        Duration timeout = subject.settings().timeout().plusSeconds(1);
        UpstreamSettings once =
                new UpstreamSettings(
                        timeout,
                        timeout,
                        timeout,
                        timeout,
                        0,
                        Duration.ofMillis(1),
                        CONNECTIONS,
                        HeadLimits.DEFAULT);
        Upstream own = instance.upstream().apart(once);
        int number = (int) Long.remainderUnsigned(instance.identity(), loops.all().size());
        Loop loop = loops.all().get(number);
        return new HealthCheck(loop, control, instance, subject, own, random.split());
    }
}
