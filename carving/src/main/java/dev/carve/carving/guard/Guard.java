package dev.carve.carving.guard;

import dev.carve.carving.guard.Tally.Totals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Judges the new side of one carve, block by block, against the old side in the same block.
 *
 * <p>A block is at least half a second and holds at least five requests of each side; after five
 * seconds it ends with what it has. The shorter it is, the more surely both sides lived through the
 * same in it. When to end one follows from numbers of requests alone, never from how they ended.
 *
 * <p>Latency is not judged while the new side may be cold: for {@link Limits#warmUp} from its first
 * request of a shift, not of each step. Errors and mismatches count from the first request.
 *
 * <p>Control only, which turns it every 100 ms and reads the advice when it thinks of the next
 * step. Lives as long as the carve's settings; what was counted before it was made is not judged.
 */
public final class Guard {

    private static final long BLOCK_NANOS = Duration.ofMillis(500).toNanos();
    private static final long BLOCK_MAX_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long BLOCK_REQUESTS = 5;

    private final Limits limits;
    private final Tally tally;
    private final Reference reference;
    private final List<Judge> judges = new ArrayList<>();
    private final List<LatencyJudge> latencies = new ArrayList<>();
    private Totals blockStart;
    private Totals stepStart;
    private long blockNanos;
    private long coldUntilNanos;
    private boolean cold;
    private boolean asked;

    /** Makes one that judges from now on, the new side not being cold. */
    public Guard(Limits limits, Tally tally, long nowNanos) {
        this.limits = limits;
        this.tally = tally;
        blockStart = tally.totals();
        stepStart = blockStart;
        blockNanos = nowNanos;
        reference = new Reference(nowNanos);
        limits.mismatches().ifPresent(it -> judges.add(new MismatchJudge(it)));
        limits.errors().ifPresent(it -> judges.add(new ErrorJudge(it, reference)));
        latency(Measure.P50, limits.p50());
        latency(Measure.P95, limits.p95());
        latency(Measure.P99, limits.p99());
        judges.addAll(latencies);
    }

    /** Makes one with other limits in the place of this one: what may be cold stays so. */
    public Guard with(Limits other, long nowNanos) {
        Guard next = new Guard(other, tally, nowNanos);
        next.cold = cold;
        next.asked = asked;
        next.coldUntilNanos = coldUntilNanos;
        return next;
    }

    /** A quantile without a limit of its own is shown by that of the 95th percentile. */
    private void latency(Measure measure, OptionalDouble own) {
        OptionalDouble ratio = own.isPresent() ? own : limits.p95();
        ratio.ifPresent(it ->
                latencies.add(
                        new LatencyJudge(LatencyJudge.Rule.of(measure, it, own.isPresent()))));
    }

    /**
     * A step begins, or another share: evidence from before it counts no more; the old side's
     * figures stay known.
     *
     * @param shift whether the whole shift begins with it, so that the new side may be cold
     */
    public void begin(boolean shift, long nowNanos) {
        blockStart = tally.totals();
        stepStart = blockStart;
        blockNanos = nowNanos;
        if (shift) {
            cold = true;
            asked = false;
        }
        judges.forEach(Judge::begin);
    }

    /**
     * Judges a block if one has ended.
     *
     * @return why to roll back, if so; again at each turn until a step begins, or the new side has
     *     been within its limits for long enough
     */
    public Optional<String> turn(long nowNanos) {
        long length = nowNanos - blockNanos;
        if (length >= BLOCK_NANOS) {
            Totals totals = tally.totals();
            Totals block = totals.since(blockStart);
            boolean both =
                    block.requests(Side.OLD) >= BLOCK_REQUESTS
                            && block.requests(Side.NEW) >= BLOCK_REQUESTS;
            if (both || length >= BLOCK_MAX_NANOS) {
                judge(block, nowNanos);
                blockStart = totals;
                blockNanos = nowNanos;
                if (reference.turn(block, nowNanos)) {
                    latencies.forEach(it -> it.aim(reference));
                }
            }
        }
        return alarm();
    }

    private void judge(Totals block, long nowNanos) {
        if (!asked && block.requests(Side.NEW) > 0) {
            asked = true;
            coldUntilNanos = nowNanos + limits.warmUp().toNanos();
        }
        boolean alone = block.requests(Side.OLD) == 0 && reference.standsAlone();
        Round round = new Round(block, reference, alone, cold);
        // After the round: its block may hold answers to requests that were sent to a cold side.
        cold = cold && !(asked && nowNanos - coldUntilNanos >= 0);
        for (Judge each : judges) {
            each.add(round);
        }
    }

    private Optional<String> alarm() {
        for (Judge each : judges) {
            if (each.alarmed()) {
                return Optional.of(each.finding(step(), cold).text());
            }
        }
        return Optional.empty();
    }

    private Totals step() {
        return tally.totals().since(stepStart);
    }

    /** What is known at this moment. */
    public Judgement judgement() {
        Totals step = step();
        List<Finding> findings = judges.stream().map(it -> it.finding(step, cold)).toList();
        return new Judgement(step.requests(Side.NEW), findings, advice(findings));
    }

    private static Advice advice(List<Finding> findings) {
        List<String> holds = new ArrayList<>();
        for (Finding each : findings) {
            if (!each.binding()) {
                continue;
            }
            switch (each.verdict()) {
                case WORSE -> {
                    return new Advice.RollBack(each.text());
                }
                case NOT_ENOUGH -> holds.add(each.text());
                case SAME, BETTER -> {}
            }
        }
        return holds.isEmpty() ? new Advice.Pass() : new Advice.Hold(holds);
    }
}
