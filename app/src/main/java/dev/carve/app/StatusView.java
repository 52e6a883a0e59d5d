package dev.carve.app;

import dev.carve.runtime.Clock;
import dev.carve.runtime.admin.AdminView;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The view that {@code carve status} shows: the process, the machine under it, and the traffic.
 * Immutable; asked by virtual threads.
 */
final class StatusView {

    private final Clock clock;
    private final long startedNanos;
    private final Supplier<OfProcess> process;

    /**
     * What is told of the process beside its age.
     *
     * @param reason why it is not ready, or that it is
     */
    record OfProcess(boolean ready, String reason, ReloadHistory.View reloads) {}

    StatusView(Clock clock, Supplier<OfProcess> process) {
        this.clock = clock;
        this.process = process;
        startedNanos = clock.nanos();
    }

    /**
     * The view named status.
     *
     * @param traffic is given the arguments
     */
    AdminView of(AdminView machine, AdminView loops, AdminView traffic) {
        return new AdminView(
                "status",
                "The process, its event loops, the machine and the traffic; takes over=2s.",
                arguments -> {
                    // First, since it takes its time where that is asked for.
                    Object moved = traffic.content().read(arguments);
                    Map<String, Object> tree = new LinkedHashMap<>();
                    tree.put("process", process());
                    tree.put("machine", machine.content().read(Map.of()));
                    tree.put("loops", loops.content().read(Map.of()));
                    tree.put("traffic", moved);
                    return tree;
                });
    }

    private Map<String, @Nullable Object> process() {
        OfProcess now = process.get();
        ReloadHistory.View reloads = now.reloads();
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("version", Version.TEXT);
        tree.put("uptime", Duration.ofNanos(clock.nanos() - startedNanos));
        tree.put("ready", now.ready());
        tree.put("reason", now.reason());
        tree.put("reloads", reloads.applied());
        tree.put("reloads_refused", reloads.refused());
        tree.put("last_reload_refused", reloads.last() instanceof ReloadResult.Refused);
        tree.put(
                "last_reload_age",
                reloads.at() == null ? null : Duration.between(reloads.at(), clock.now()));
        return tree;
    }
}
