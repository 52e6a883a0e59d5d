package dev.carve.carving;

import dev.carve.carving.compare.Comparison;
import dev.carve.carving.compare.Noise;
import dev.carve.carving.compare.Rules;
import dev.carve.carving.keep.CarveKey;
import dev.carve.carving.keep.Keep;
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
import dev.carve.http.Loop;
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
import java.util.concurrent.CompletableFuture;
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

    private static final int NOISE_TURNS = 300;

    /** How long the start waits for the store to tell where carves stand. */
    static final Duration RECALL = Duration.ofSeconds(5);

    /** Against those who write bodies whose keys collide. */
    private static final long SEED = new SecureRandom().nextLong();

    private final Control control;
    private final Budget budget;
    private final Carve.Shared shared;
    private final Comparisons comparisons;
    private final Map<CarveKey, Carve> carves = new ConcurrentHashMap<>();
    private final Supplier<@Nullable Keep> keeps;
    private final Duration recallWithin;
    private final List<Loop> loops;

    // Control only.
    private boolean turning;
    private boolean asked;
    private int turns;

    // Written by control, read by workers.
    private volatile @Nullable Keeper keeper;

    /**
     * Starts no thread before the first request is mirrored.
     *
     * @param loops all event loops, in the order of their numbers
     * @param keeps opens what carves are kept in, once and not before the file has a carve; null
     *     keeps nothing
     */
    public Carves(
            List<Loop> loops,
            MirrorSettings bounds,
            Control control,
            Supplier<@Nullable Keep> keeps) {
        this(loops, bounds, control, keeps, RECALL);
    }

    /**
     * @param recall how long the start waits for the store to tell where carves stand
     */
    Carves(
            List<Loop> loops,
            MirrorSettings bounds,
            Control control,
            Supplier<@Nullable Keep> keeps,
            Duration recall) {
        this.loops = List.copyOf(loops);
        this.control = control;
        this.keeps = keeps;
        recallWithin = recall;
        budget = new Budget(bounds);
        int workers =
                bounds.workers() > 0
                        ? bounds.workers()
                        : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        comparisons = new Comparisons(loops.size(), workers, Comparing::new);
        shared = new Carve.Shared(control, budget, comparisons, loops.size());
    }

    /** What all copies together may take from now on; control. */
    public void bound(MirrorSettings bounds) {
        budget.bound(bounds);
    }

    /** What operators see of the carves. */
    AdminView view() {
        return new AdminView(
                "carves",
                "Carved routes: stage, figures, differences and changes.",
                _ -> CarveStatus.of(this));
    }

    /** What there is to read of them; each but the first of one route. */
    public List<AdminView> views() {
        EvidenceCommands evidence = new EvidenceCommands(this, control);
        return List.of(
                view(),
                new AdminView(
                        EvidenceCommands.REPLAY,
                        "What became of the kept requests of a route that were sent again last.",
                        evidence::replayed),
                new AdminView(
                        EvidenceCommands.COMPARE_SELF,
                        "What the last check of a route's old side against itself has found.",
                        evidence::comparedSelf),
                new AdminView(
                        "route_evidence",
                        "All that speaks for and against a route's new side, with examples.",
                        arguments -> Evidence.of(this, CarveCommands.carve(this, arguments))));
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

    Instant now() {
        return control.clock().now();
    }

    /** The event loops, in the order of their numbers. */
    List<Loop> loops() {
        return loops;
    }

    /** Done when the store has the carve as it stands now, or if there is none; control. */
    CompletableFuture<Void> kept(Carve carve) {
        Keeper by = keeper;
        return by == null ? CompletableFuture.completedFuture(null) : by.kept(carve.id());
    }

    /** What carves are kept in; null if nothing is, or nothing was carved yet. */
    @Nullable Keep keep() {
        Keeper kept = keeper;
        return kept == null ? null : kept.keep();
    }

    /** No more comparing; what waits is dropped, what was learnt is handed to the store. */
    @Override
    public void close() {
        comparisons.close();
        Keeper kept = keeper;
        if (kept != null) {
            carves.values().forEach(each -> kept.keepNoise(each.id(), each.findings()));
        }
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
                carve = made(site, id, settings, rules);
                changes.add(carve::start);
            } else {
                carve = known;
                changes.add(() -> known.replace(settings, rules));
            }
            named.put(id, carve);
            Sides sides =
                    Sides.of(
                            site,
                            settings.action(),
                            action,
                            site.actions().apply(settings.action()));
            changes.add(0, () -> carve.use(sides));
            return new CarveAction(
                    carve,
                    settings,
                    sides,
                    SideKey.of(
                            settings.shift()
                                    .map(CarveSettings.Shift::sticky)
                                    .orElse(StickyKey.ADDRESS_OF_CLIENT),
                            site.trusted()));
        }

        @Override
        public void commit() {
            List<Carve> gone = new ArrayList<>(carves.values());
            gone.removeAll(named.values());
            carves.putAll(named);
            carves.keySet().retainAll(named.keySet());
            changes.forEach(Runnable::run);
            for (Carve each : gone) {
                keepNoise(each);
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
            if (!made.recall(recallWithin)) {
                made.recallLater(this::takeOver);
            }
            keeper = made;
        }
    }

    /** The store tells again where carves stand that were held. */
    private void takeOver() {
        for (Carve each : carves.values()) {
            if (each.isHeld()) {
                each.findings().restore(noise(each.id()));
                each.takeOver(beginning(each.id(), each.settings()));
            }
        }
    }

    private List<Noise.Figures> noise(CarveKey id) {
        Keeper kept = keeper;
        return kept == null ? List.of() : kept.noise(id);
    }

    private void keepNoise(Carve of) {
        Keeper kept = keeper;
        if (kept != null) {
            kept.keepNoise(of.id(), of.findings());
        }
    }

    /** A carve that was not there before. */
    private Carve made(RouteExtension.Site site, CarveKey id, CarveSettings settings, Rules rules) {
        Carve carve =
                new Carve(
                        site.name(),
                        id,
                        settings,
                        rules,
                        beginning(id, settings),
                        shared,
                        new Told(id));
        Keeper kept = keeper;
        if (kept != null && !kept.isRecalled()) {
            carve.hold();
        } else {
            carve.findings().restore(noise(id));
        }
        return carve;
    }

    private ShiftState beginning(CarveKey id, CarveSettings settings) {
        Instant now = control.clock().now();
        Keeper kept = keeper;
        if (kept != null && !kept.isRecalled()) {
            return ShiftState.off(now);
        }
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

    private void turn() {
        turning = !carves.isEmpty();
        Keeper kept = keeper;
        turns++;
        if (kept != null && turns % FLUSH_TURNS == 0) {
            kept.flush();
        }
        if (turns % NOISE_TURNS == 0) {
            carves.values().forEach(this::keepNoise);
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

    /** Who hears what becomes of one carve. */
    private final class Told implements CarveListener {
        private final CarveKey id;

        Told(CarveKey id) {
            this.id = id;
        }

        @Override
        public void changed(LedgerEntry entry) {
            boolean back = entry.to().stage() == Stage.ROLLED_BACK;
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
                kept.differing(id, of, found, control.clock().now());
            }
        }
    }
}
