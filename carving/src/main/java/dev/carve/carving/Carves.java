package dev.carve.carving;

import dev.carve.carving.compare.Comparison;
import dev.carve.carving.compare.Rules;
import dev.carve.carving.keep.CarveKey;
import dev.carve.carving.keep.Keep;
import dev.carve.carving.keep.Redactor;
import dev.carve.carving.settings.CarveBlocks;
import dev.carve.carving.settings.CarveChecks;
import dev.carve.carving.settings.CarveSettings;
import dev.carve.carving.settings.MirrorSettings;
import dev.carve.carving.settings.Position;
import dev.carve.carving.settings.StickyKey;
import dev.carve.carving.shift.LedgerEntry;
import dev.carve.carving.shift.ShiftEvent;
import dev.carve.carving.shift.ShiftState;
import dev.carve.carving.shift.Stage;
import dev.carve.gateway.Action;
import dev.carve.gateway.RouteExtension;
import dev.carve.gateway.service.Control;
import dev.carve.runtime.admin.AdminCommand;
import dev.carve.runtime.admin.AdminView;
import dev.carve.runtime.metrics.MetricSource;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All carves of the process. Comes between carved routes and their actions whenever a snapshot is
 * built; a reload that leaves match and new side equal keeps the carve with its state and counts.
 *
 * <p>Threads: control builds, turns and changes; {@link #all} by any.
 */
public final class Carves implements RouteExtension, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Carves.class);
    private static final long TURN_NANOS = 100_000_000;
    private static final int FLUSH_TURNS = 10;

    /** How long the start waits for the store to tell where carves stand. */
    private static final Duration RECALL = Duration.ofSeconds(5);

    /** Against those who write bodies whose keys collide. */
    private static final long SEED = new SecureRandom().nextLong();

    private final Control control;
    private final Budget budget;
    private final Carve.Shared shared;
    private final Comparisons comparisons;
    private final Map<CarveKey, Carve> carves = new ConcurrentHashMap<>();
    private final Supplier<@Nullable Keep> keeps;

    // Control only.
    private boolean turning;
    private boolean asked;
    private int turns;

    // Written by control, read by workers.
    private volatile @Nullable Keeper keeper;

    /**
     * Starts no thread before the first request is mirrored.
     *
     * @param loops how many event loops there are
     * @param keeps opens what carves are kept in, once and not before the file has a carve; null
     *     keeps nothing
     */
    public Carves(
            int loops, MirrorSettings bounds, Control control, Supplier<@Nullable Keep> keeps) {
        this.control = control;
        this.keeps = keeps;
        budget = new Budget(bounds);
        int workers =
                bounds.workers() > 0
                        ? bounds.workers()
                        : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        comparisons = new Comparisons(loops, workers, Comparing::new);
        shared = new Carve.Shared(control, budget, comparisons, loops);
    }

    /** What all copies together may take from now on; control. */
    public void bound(MirrorSettings bounds) {
        budget.bound(bounds);
    }

    /** What operators see of the carves. */
    public AdminView view() {
        return new AdminView(
                "carves",
                "Carved routes: stage, figures, differences and changes.",
                _ -> CarveStatus.of(this));
    }

    /** What operators may do to them. */
    public List<AdminCommand> commands() {
        return new CarveCommands(this, control).all();
    }

    /** What they count, for the metrics endpoint. */
    public MetricSource metrics() {
        return new CarveMetrics(this);
    }

    Collection<Carve> all() {
        return carves.values();
    }

    @Nullable Carve find(String route) {
        for (Carve each : carves.values()) {
            if (each.route().equals(route)) {
                return each;
            }
        }
        return null;
    }

    Budget budget() {
        return budget;
    }

    /** No more comparing; what waits is dropped. */
    @Override
    public void close() {
        comparisons.close();
    }

    // Building a snapshot.

    @Override
    public Build begin() {
        return new Building();
    }

    /** One snapshot. */
    private final class Building implements Build {
        private final Map<CarveKey, Carve> named = new LinkedHashMap<>();
        private final List<Runnable> changes = new ArrayList<>();

        @Override
        public Action around(Site site, Action action) {
            Optional<CarveSettings> block = site.settings().extensions().find(CarveBlocks.CARVE);
            if (block.isEmpty()) {
                return action;
            }
            CarveSettings settings = block.get();
            Rules rules = Rules.compile(CarveChecks.source(settings.compare()), SEED);
            CarveKey id =
                    CarveKey.of(site.name(), site.match().toString(), settings.action().toString());
            recall();
            Carve known = carves.get(id);
            Carve carve;
            if (known == null) {
                carve =
                        new Carve(
                                site.name(),
                                id,
                                settings,
                                rules,
                                beginning(id, settings),
                                shared,
                                new Told(id));
                changes.add(() -> start(carve));
            } else {
                carve = known;
                changes.add(() -> known.replace(settings, rules));
            }
            named.put(id, carve);
            return new CarveAction(
                    carve,
                    settings,
                    action,
                    site.actions().apply(settings.action()),
                    SideKey.of(
                            settings.shift()
                                    .map(CarveSettings.Shift::sticky)
                                    .orElse(StickyKey.ADDRESS_OF_CLIENT)));
        }

        @Override
        public void commit() {
            List<Carve> gone = new ArrayList<>(carves.values());
            gone.removeAll(named.values());
            carves.putAll(named);
            carves.keySet().retainAll(named.keySet());
            changes.forEach(Runnable::run);
            for (Carve each : gone) {
                each.apply(new ShiftEvent.Remove(each.cause("file")));
            }
            if (!turning && !carves.isEmpty()) {
                turning = true;
                control.executeLater(Carves.this::turn, TURN_NANOS);
            }
        }
    }

    /** Asks the store where carves stand, once. */
    private void recall() {
        if (asked) {
            return;
        }
        asked = true;
        Keep keep = keeps.get();
        if (keep != null) {
            Keeper made = new Keeper(keep, control);
            var _ = made.recall(RECALL);
            keeper = made;
        }
    }

    private ShiftState beginning(CarveKey id, CarveSettings settings) {
        Instant now = control.clock().now();
        Keeper kept = keeper;
        ShiftState before = kept == null ? null : kept.state(id);
        if (before != null) {
            return before;
        }
        Position at = settings.at().orElse(null);
        if (at == null) {
            return ShiftState.off(now);
        }
        return at.done()
                ? ShiftState.done(now)
                : ShiftState.at(Carve.shiftPlan(settings), at.share(), now);
    }

    private static void start(Carve carve) {
        if (carve.state().stage() == Stage.OFF) {
            carve.apply(new ShiftEvent.Start(carve.cause("file")));
        }
    }

    private void turn() {
        turning = !carves.isEmpty();
        Keeper kept = keeper;
        if (kept != null && ++turns % FLUSH_TURNS == 0) {
            kept.flush();
            kept.recallLate(this::restore);
        }
        for (Carve each : carves.values()) {
            try {
                each.turn();
            } catch (RuntimeException fault) {
                LOG.atError().setCause(fault).addKeyValue("route", each.route()).log("fault");
            }
        }
        if (turning) {
            control.executeLater(this::turn, TURN_NANOS);
        }
    }

    private void restore() {
        Keeper kept = keeper;
        for (Carve each : carves.values()) {
            ShiftState before = kept == null ? null : kept.state(each.id());
            if (before != null) {
                each.restore(before);
            }
        }
    }

    /** Who hears what becomes of one carve. */
    private final class Told implements CarveListener {
        private final CarveKey id;

        Told(CarveKey id) {
            this.id = id;
        }

        @Override
        public void changed(LedgerEntry entry) {
            boolean back =
                    entry.to().stage() == Stage.ROLLED_BACK && !entry.by().equals(Keeper.STORE);
            (back ? LOG.atError() : LOG.atInfo())
                    .addKeyValue("route", id.route())
                    .addKeyValue("from", CarveStatus.text(entry.from()))
                    .addKeyValue("to", CarveStatus.text(entry.to()))
                    .addKeyValue("by", entry.by())
                    .log(entry.reason());
            Carve carve = carves.get(id);
            if (back && carve != null) {
                carve.settings().guard().webhook().ifPresent(url -> Webhook.tell(url, id, entry));
            }
            Keeper kept = keeper;
            if (kept != null) {
                kept.changed(id, entry);
            }
        }

        @Override
        public void differing(Observation of, Comparison.Different found) {
            Keeper kept = keeper;
            if (kept != null) {
                Redactor secrets = of.carve().secrets();
                kept.differing(id, of, found, secrets, control.clock().now());
            }
        }
    }
}
