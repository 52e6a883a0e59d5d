package dev.carve.carving;

import dev.carve.carving.guard.Side;
import dev.carve.carving.settings.CarveSettings;
import dev.carve.gateway.Action;
import dev.carve.gateway.ActiveCall;
import dev.carve.gateway.Call;
import dev.carve.http.Ascii;
import dev.carve.http.BodySource;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import dev.carve.http.Peer;
import dev.carve.http.ResponseSink;
import org.jspecify.annotations.Nullable;

/**
 * The action of a carved route: asks the plan who answers and whether the other side gets a copy.
 * Belongs to one snapshot; what lives longer is the {@link Carve}.
 *
 * <p>Immutable; any event loop.
 */
final class CarveAction implements Action {

    private static final byte[] OVERRIDE = Ascii.bytes("carve-to");
    private static final byte[] NEW = Ascii.bytes("new");
    private static final byte[] OLD = Ascii.bytes("old");
    private static final String MARK = "Carve-Mirror";

    private final Carve carve;
    private final CarveSettings settings;
    private final Action oldAction;
    private final Action newAction;
    private final SideKey key;

    CarveAction(
            Carve carve, CarveSettings settings, Action oldAction, Action newAction, SideKey key) {
        this.carve = carve;
        this.settings = settings;
        this.oldAction = oldAction;
        this.newAction = newAction;
        this.key = key;
    }

    private Action of(Side side) {
        return side == Side.OLD ? oldAction : newAction;
    }

    @Override
    public ActiveCall start(Call call, ResponseSink sink) {
        Plan plan = carve.plan();
        boolean chooses = settings.override() == CarveSettings.Choosing.HEADER;
        if (plan.idle() && !chooses) {
            return oldAction.start(call, sink);
        }
        long hash = key.of(call);
        Side side = chooses ? chosen(call, plan, hash) : sideOf(plan, hash);
        Mirrored mirrored = null;
        if (plan.mirrored().isNew(hash)) {
            mirrored = mirror(call, plan, side);
        }
        CarveCall client = CarveLoop.of(call.loop()).take();
        boolean fallsBack =
                side == Side.NEW
                        && !plan.over()
                        && settings.fallback() == CarveSettings.Fallback.SAFE;
        Action fallback = fallsBack ? oldAction : null;
        if (mirrored == null) {
            client.start(carve, call, sink, side, of(side), fallback, null);
        } else {
            client.start(carve, mirrored.call(), sink, side, of(side), fallback, mirrored.copies());
        }
        return client;
    }

    private Side sideOf(Plan plan, long hash) {
        return plan.shifted().isNew(hash) ? Side.NEW : Side.OLD;
    }

    private Side chosen(Call call, Plan plan, long hash) {
        Head head = call.head();
        int number = head.next(OVERRIDE, -1);
        if (number != Head.NONE) {
            if (head.valueIs(number, NEW)) {
                return Side.NEW;
            }
            if (head.valueIs(number, OLD)) {
                return Side.OLD;
            }
        }
        return sideOf(plan, hash);
    }

    // Copies.

    /** What is sent beside the client's own call, which from then on is {@code call}. */
    private record Mirrored(Call call, Copies copies) {}

    private @Nullable Mirrored mirror(Call call, Plan plan, Side side) {
        Budget budget = carve.budget();
        CarveCounts.PerLoop counts = carve.counts().on(call.loop().number());
        Skip skip = skip(call, side);
        if (skip == null) {
            skip = counts.window(side.other()).closed(call.loop().now());
        }
        if (skip == null && !budget.takeCopy()) {
            skip = Skip.COPIES;
        }
        if (skip == null && !budget.takeBytes(Budget.OBSERVATION_BYTES)) {
            budget.giveCopy();
            skip = Skip.MEMORY;
        }
        if (skip == null) {
            try {
                return copy(call, plan, counts, side);
            } catch (RuntimeException fault) {
                CarveLoop.of(call.loop()).report(fault);
                budget.giveCopy();
                budget.giveBytes(Budget.OBSERVATION_BYTES);
                skip = Skip.FAULT;
            }
        }
        counts.skipped(skip);
        return null;
    }

    /** Why this request may not be copied; null if it may. */
    private @Nullable Skip skip(Call call, Side answeredBy) {
        if (call.wantsUpgrade()) {
            return Skip.UPGRADE;
        }
        if (call.isSafe()) {
            return null;
        }
        // A write goes to the new side only if the file says so, and back to the old one never.
        boolean may = answeredBy == Side.OLD && settings.writes() != CarveSettings.Writes.NONE;
        return may ? null : Skip.UNSAFE;
    }

    private Mirrored copy(Call call, Plan plan, CarveCounts.PerLoop counts, Side side) {
        Peer peer = call.peer();
        Head head = new Head();
        head.copyFrom(call.head());
        HeadEdits edits = new HeadEdits();
        call.edit(edits);
        edits.add(MARK, call.isSafe() ? "copy" : mark());
        // From here on nothing throws: what is taken is given back by the copies.
        boolean twice =
                side == Side.OLD
                        && call.isSafe()
                        && plan.noisy().isNew(counts.sample())
                        && counts.window(Side.OLD).closed(call.loop().now()) == null
                        && carve.budget().takeCopy();
        Observation observation = new Observation(carve, head, side, call.loop().number(), twice);
        Side other = side.other();
        Copy copy =
                new Copy(carve, other, observation, observation.copy(), call, head, edits, peer);
        Capture second = observation.twin();
        Copy twin =
                second == null
                        ? null
                        : new Copy(carve, Side.OLD, observation, second, call, head, edits, peer);
        Copies copies = new Copies(observation, copy, of(other), twin, oldAction);
        BodySource body = call.body();
        Call own = call;
        if (body != null) {
            own = twin == null ? new Tee(call, body, copy) : new Tee(call, body, copy, twin);
        }
        return new Mirrored(own, copies);
    }

    private String mark() {
        return settings.writes() == CarveSettings.Writes.HEADER ? "dry-run" : "write";
    }
}
