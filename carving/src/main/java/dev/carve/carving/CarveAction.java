package dev.carve.carving;

import dev.carve.carving.guard.Side;
import dev.carve.carving.settings.CarveSettings;
import dev.carve.gateway.Action;
import dev.carve.gateway.ActiveCall;
import dev.carve.gateway.Call;
import dev.carve.http.Ascii;
import dev.carve.http.BodySource;
import dev.carve.http.Head;
import dev.carve.http.Loop;
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

    /** The field that every copy carries. */
    static final String MARK = "Carve-Mirror";

    private static final byte[] MARK_LOWER = Ascii.bytes("carve-mirror");

    /** What it says where the request changes nothing. */
    static final String MARK_COPY = "copy";

    private final Carve carve;
    private final CarveSettings settings;
    private final Sides sides;
    private final Action oldAction;
    private final SideKey key;

    CarveAction(Carve carve, CarveSettings settings, Sides sides, SideKey key) {
        this.carve = carve;
        this.settings = settings;
        this.sides = sides;
        this.oldAction = sides.oldAction();
        this.key = key;
    }

    @Override
    public ActiveCall start(Call call, ResponseSink sink) {
        Plan plan = carve.plan();
        boolean chooses = settings.override() == CarveSettings.Choosing.HEADER;
        SelfCheck check = plan.check();
        if (plan.idle() && !chooses) {
            Mirrored twice = check == null ? null : twice(call, check);
            return twice == null
                    ? oldAction.start(call, sink)
                    : start(call, sink, Side.OLD, null, twice);
        }
        long hash = key.of(call);
        Side side = chooses ? chosen(call, plan, hash) : sideOf(plan, hash);
        Mirrored mirrored = null;
        if (check != null) {
            mirrored = side == Side.OLD ? twice(call, check) : null;
        } else if (plan.mirrored().isNew(hash)) {
            mirrored = mirror(call, plan, side);
        }
        boolean fallsBack =
                side == Side.NEW
                        && !plan.over()
                        && settings.fallback() == CarveSettings.Fallback.SAFE;
        return start(call, sink, side, fallsBack ? oldAction : null, mirrored);
    }

    private ActiveCall start(
            Call call,
            ResponseSink sink,
            Side side,
            @Nullable Action fallback,
            @Nullable Mirrored mirrored) {
        CarveCall client = CarveLoop.of(call.loop()).take();
        if (mirrored == null) {
            client.start(carve, call, sink, side, sides.of(side), fallback, null);
        } else {
            Copies copies = mirrored.copies();
            client.start(carve, mirrored.call(), sink, side, sides.of(side), fallback, copies);
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
        CarveCounts.PerLoop counts = carve.counts().on(call.loop().number());
        Skip skip = skip(call, side);
        if (skip == null) {
            skip = take(counts, side.other(), call.loop().now());
        }
        if (skip == null) {
            try {
                return copy(call, plan, counts, side);
            } catch (RuntimeException fault) {
                giveBack(call, fault);
                skip = Skip.FAULT;
            }
        }
        counts.skipped(skip);
        return null;
    }

    /** A request for the old side that goes there twice, so that it is compared with itself. */
    private @Nullable Mirrored twice(Call call, SelfCheck check) {
        if (call.wantsUpgrade() || !call.isSafe() || !check.takes()) {
            return null;
        }
        CarveCounts.PerLoop counts = carve.counts().on(call.loop().number());
        Skip skip = take(counts, Side.OLD, call.loop().now());
        if (skip == null) {
            try {
                return copies(call, check, Side.OLD, Side.OLD, false);
            } catch (RuntimeException fault) {
                giveBack(call, fault);
                skip = Skip.FAULT;
            }
        }
        check.skipped(call.loop().number(), skip);
        return null;
    }

    /** Takes what one copy needs of what all may have; why not, if it can not be. */
    private @Nullable Skip take(CarveCounts.PerLoop counts, Side to, long nowNanos) {
        Skip closed = counts.window(to).closed(nowNanos);
        if (closed != null) {
            return closed;
        }
        Budget budget = carve.budget();
        if (!budget.takeCopy()) {
            return Skip.COPIES;
        }
        if (!budget.takeBytes(Budget.OBSERVATION_BYTES)) {
            budget.giveCopy();
            return Skip.MEMORY;
        }
        return null;
    }

    private void giveBack(Call call, RuntimeException fault) {
        CarveLoop.of(call.loop()).report(fault);
        carve.budget().giveCopy();
        carve.budget().giveBytes(Budget.OBSERVATION_BYTES);
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
        boolean twice =
                side == Side.OLD
                        && call.isSafe()
                        && plan.noisy().isNew(counts.sample())
                        && counts.window(Side.OLD).closed(call.loop().now()) == null;
        return copies(call, carve.mirroring(), side, side.other(), twice);
    }

    /**
     * The copies of a call, and the call as it is to be made itself.
     *
     * @param side answers the client
     * @param other gets the copy
     * @param twice whether the old side gets a twin as well, if one may be made
     */
    private Mirrored copies(Call call, Purpose purpose, Side side, Side other, boolean twice) {
        Loop loop = call.loop();
        CarveCounts.PerLoop counts = carve.counts().on(loop.number());
        Observation observation = carve.comparisons().observation(loop.number());
        Asked request = observation.request();
        request.of(call);
        call.edit(request.edits());
        // What a client claims to be is not for the copy to say.
        request.edits().drop(call.head(), MARK_LOWER);
        request.edits().add(MARK, call.isSafe() ? MARK_COPY : mark());
        // From here on nothing throws: what is taken is given back by the copies.
        boolean twin = twice && carve.budget().takeCopy();
        observation.begin(carve, purpose, side, loop, twin);
        Copies copies = observation.copies();
        copies.begin(sides, other, twin, counts);
        BodySource body = call.body();
        if (body == null) {
            return new Mirrored(call, copies);
        }
        observation.expectBody(call.isSafe());
        return new Mirrored(new Tee(call, body, copies), copies);
    }

    private String mark() {
        return settings.writes() == CarveSettings.Writes.HEADER ? "dry-run" : "write";
    }
}
