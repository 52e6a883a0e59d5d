package dev.carve.bench.guard;

import dev.carve.carving.guard.Measure;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * {@code ./dev bench guard}: how often the guard rolls back for nothing, and how often it misses a
 * break of a known size. Bounds are upper 95 % bounds.
 */
public final class GuardCommand {

    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int WRONG_USE = 2;
    private static final int TRIALS = 10_000;
    private static final double MOST = 0.01;
    private static final double STEP_SECONDS = 600;
    private static final int CHUNKS = 100;

    private static final double[] SHARES = {0.05, 0.25, 0.5};

    private final PrintStream out;
    private final ExecutorService pool;
    private final long seed;

    private GuardCommand(PrintStream out, ExecutorService pool, long seed) {
        this.out = out;
        this.pool = pool;
        this.seed = seed;
    }

    /**
     * Runs it.
     *
     * @param args {@code --shifts N}, {@code --breaks N} (0 leaves them out), {@code --seed N}
     * @return 0 if every figure with a bar meets it, 1 if one does not, 2 for wrong use
     */
    public static int run(List<String> args, PrintStream out) throws InterruptedException {
        int shifts = TRIALS;
        int breaks = TRIALS;
        long seed = 1;
        try {
            for (int i = 0; i < args.size(); i += 2) {
                String value = i + 1 < args.size() ? args.get(i + 1) : "";
                switch (args.get(i)) {
                    case "--shifts" -> shifts = Integer.parseInt(value);
                    case "--breaks" -> breaks = Integer.parseInt(value);
                    case "--seed" -> seed = Long.parseLong(value);
                    default ->
                            throw new IllegalArgumentException(
                                    "\""
                                            + args.get(i)
                                            + "\" (expected --shifts, --breaks or --seed)");
                }
            }
        } catch (IllegalArgumentException e) {
            out.println("bench: guard: " + e.getMessage());
            return WRONG_USE;
        }
        int threads = Runtime.getRuntime().availableProcessors();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            GuardCommand command = new GuardCommand(out, pool, seed);
            out.println("seed " + seed + ", " + threads + " threads; bounds: upper 95 %");
            boolean met = shifts == 0 || command.shifts(shifts);
            return (breaks == 0 || command.breaks(breaks)) && met ? DONE : FAILED;
        }
    }

    private boolean shifts(int trials) throws InterruptedException {
        long start = System.nanoTime();
        List<Outcome> outcomes = trials(trials, 0, it -> WholeShift.run(it, STEP_SECONDS));
        List<Outcome> wrong = outcomes.stream().filter(it -> it.measure() != null).toList();
        Map<Measure, Integer> reasons = new EnumMap<>(Measure.class);
        wrong.forEach(it -> reasons.merge(Objects.requireNonNull(it.measure()), 1, Integer::sum));
        double bound = ClopperPearson.upper95(wrong.size(), trials);
        double held = outcomes.stream().mapToInt(Outcome::held).average().orElse(0);
        out.printf(
                Locale.ROOT,
                "whole shifts, equal sides: %d of %d rolled back %s, at most %.3f %%; %.2f of 5 steps"
                        + " held for want of data; %d s%n",
                wrong.size(),
                trials,
                reasons,
                100 * bound,
                held,
                (System.nanoTime() - start) / 1_000_000_000L);
        return bound <= MOST;
    }

    private boolean breaks(int trials) throws InterruptedException {
        boolean met = true;
        int number = 1;
        for (Break each : cases()) {
            boolean good = breaks(each, trials, number);
            met &= good || !hasBar(each);
            number++;
        }
        return met;
    }

    /** The wide distributions and a step without an old side of its own are reported only. */
    private static boolean hasBar(Break each) {
        return each.share() < 1
                && (each.latency() == Latency.LOGNORMAL || each.latency() == Latency.PARETO);
    }

    private static List<Break> cases() {
        List<Break> cases = new ArrayList<>();
        for (Fault fault : Fault.values()) {
            boolean latency = fault.measure() == Measure.P95;
            for (Latency each : Latency.values()) {
                if (latency || each == Latency.LOGNORMAL) {
                    for (double share : SHARES) {
                        cases.add(new Break(fault, each, share, 0));
                    }
                }
            }
            cases.add(new Break(fault, Latency.LOGNORMAL, 1, 1));
            cases.add(new Break(fault, Latency.LOGNORMAL, 1, 0.25));
        }
        return cases;
    }

    private boolean breaks(Break what, int trials, int number) throws InterruptedException {
        List<Outcome> outcomes = trials(trials, number, what::run);
        long early = outcomes.stream().filter(it -> it.seconds() < 0).count();
        List<Outcome> judged = outcomes.stream().filter(it -> it.seconds() >= 0).toList();
        List<Outcome> found = judged.stream().filter(it -> it.measure() != null).toList();
        int missed = judged.size() - found.size();
        double bound = ClopperPearson.upper95(missed, judged.size());
        double[] seconds = found.stream().mapToDouble(Outcome::seconds).sorted().toArray();
        double[] requests = found.stream().mapToDouble(Outcome::requests).sorted().toArray();
        out.printf(
                Locale.ROOT,
                "%s: missed %d of %d in %d s, at most %.3f %%; found after p50 %.1f s, p99 %.1f s"
                        + " (%.0f, %.0f requests); %d tripped before%n",
                what.text(),
                missed,
                judged.size(),
                what.fault().seconds(),
                100 * bound,
                at(seconds, 0.5),
                at(seconds, 0.99),
                at(requests, 0.5),
                at(requests, 0.99),
                early);
        return bound <= MOST;
    }

    private static double at(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) (share * (sorted.length - 1))];
    }

    private List<Outcome> trials(int trials, int kind, Function<SplittableRandom, Outcome> trial)
            throws InterruptedException {
        // Each trial's numbers follow from its own number, whatever the threads do.
        List<Future<List<Outcome>>> chunks = new ArrayList<>();
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
            int from = (int) ((long) trials * chunk / CHUNKS);
            int to = (int) ((long) trials * (chunk + 1) / CHUNKS);
            chunks.add(
                    pool.submit(() -> {
                        Outcome[] done = new Outcome[to - from];
                        Arrays.setAll(done, i -> trial.apply(random(seed, kind, from + i)));
                        return List.of(done);
                    }));
        }
        List<Outcome> outcomes = new ArrayList<>(trials);
        for (Future<List<Outcome>> each : chunks) {
            try {
                outcomes.addAll(each.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException("a trial failed", e.getCause());
            }
        }
        return outcomes;
    }

    static SplittableRandom random(long seed, int kind, int trial) {
        return new SplittableRandom(seed * 1_000_003 + kind * 1_000_000_007L + trial).split();
    }
}
