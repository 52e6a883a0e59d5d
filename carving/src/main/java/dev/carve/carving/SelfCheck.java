package dev.carve.carving;

import dev.carve.carving.compare.Comparison;
import dev.carve.carving.compare.Learnt;
import dev.carve.carving.compare.Noise;
import dev.carve.carving.compare.NoiseRule;
import dev.carve.carving.guard.Ending;
import dev.carve.carving.guard.Side;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * A check of the old side against itself: for a while each repeatable request that it answers goes
 * to it twice, and what differs between the two answers differs by itself. The new side gets
 * nothing. What is found is learnt as noise too, since that is what twins find.
 *
 * <p>Threads: loops take and skip, workers compare, control ends it, any reads.
 */
final class SelfCheck implements Purpose {

    /** As many as the noise remembers. */
    static final int REQUESTS_MAX = 4_000;

    /** Places that are shown. */
    private static final int PLACES_MAX = 100;

    private final Carve carve;
    private final int wanted;
    private final Instant until;
    private final Consumer<SelfCheck> full;
    private final Noise noise = new Noise(NoiseRule.DEFAULT);
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger compared = new AtomicInteger();
    private final LongAdder differing = new LongAdder();
    private final LongAdder skipped = new LongAdder();

    private final CountDownLatch told = new CountDownLatch(1);

    // Written by control, read by any.
    private volatile boolean over;

    /**
     * @param wanted pairs of answers, at most {@link #REQUESTS_MAX}
     * @param until when it ends with those that there are
     * @param full told once when all are there; a worker
     */
    SelfCheck(Carve carve, int wanted, Instant until, Consumer<SelfCheck> full) {
        this.carve = carve;
        this.wanted = wanted;
        this.until = until;
        this.full = full;
    }

    // Loops.

    /** Whether one more request is wanted, which then is under way. */
    boolean takes() {
        if (isOver() || taken.get() >= wanted) {
            return false;
        }
        if (taken.incrementAndGet() > wanted) {
            taken.decrementAndGet();
            return false;
        }
        return true;
    }

    /** One that was taken will not be compared. */
    void skipped(int loop, Skip why) {
        taken.decrementAndGet();
        skipped.increment();
        carve.counts().on(loop).skipped(why);
    }

    @Override
    public void sent(int loop) {
        carve.counts().on(loop).mirrored();
    }

    /** Says nothing of the new side, and of the old one no more than its clients do. */
    @Override
    public void ended(int loop, Side side, Ending ending, long nanos) {}

    @Override
    public void gaveUp(Observation of, Skip why) {
        skipped(of.loop().number(), why);
    }

    // Workers.

    @Override
    public void compare(Comparing by, Observation of) {
        Comparison found = by.compare(carve.rules(), of.client(), of.copy());
        if (found instanceof Comparison.Skipped) {
            taken.decrementAndGet();
            skipped.increment();
            return;
        }
        noise.record(found, true);
        carve.findings().noise(found);
        if (found instanceof Comparison.Different) {
            differing.increment();
        }
        if (compared.incrementAndGet() == wanted) {
            full.accept(this);
        }
    }

    // Control.

    /** No more is taken. */
    void end() {
        over = true;
    }

    /** Nothing is sent twice any more: whoever waits for that is told. */
    void tell() {
        told.countDown();
    }

    // Any.

    boolean isOver() {
        return over;
    }

    /** Waits until it is over, but not longer than that. */
    void await(Duration most) throws InterruptedException {
        var _ = told.await(most.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What is known so far. */
    Map<String, Object> view() {
        List<Noise.Figures> figures = noise.figures();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("route", carve.route());
        row.put("state", isOver() ? "done" : "running");
        row.put("wanted", wanted);
        row.put("until", until);
        row.put("compared", compared.get());
        row.put("differing", differing.sum());
        row.put("skipped", skipped.sum());
        List<Map<String, Object>> places = new ArrayList<>();
        for (Noise.Figures each : figures) {
            if (places.size() == PLACES_MAX) {
                break;
            }
            Map<String, Object> place = new LinkedHashMap<>();
            place.put("place", each.place().toString());
            place.put("pairs", each.twins());
            place.put("differing", each.twinsDiffering());
            places.add(place);
        }
        row.put("places", places);
        row.put("lines", Learnt.lines(Learnt.ofTwins(figures)));
        return row;
    }
}
