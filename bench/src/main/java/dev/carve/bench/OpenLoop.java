package dev.carve.bench;

import dev.carve.bench.drive.Load;
import dev.carve.bench.drive.Payload;
import dev.carve.bench.drive.Tally;
import dev.carve.bench.peer.CarveSetup;
import dev.carve.bench.peer.CarveSetup.Feature;
import dev.carve.bench.peer.PacedBackend;
import dev.carve.bench.peer.Profile;
import dev.carve.bench.proc.CpuTime;
import dev.carve.bench.stats.Medians;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Latency at a share of the rate that the reference saturates at, arrivals independent of answers,
 * each timed from its intended start. Everybody gets the same rate; it is found once, before the
 * rounds.
 */
record OpenLoop(String reference, double share, Payload payload, Feature feature)
        implements Scenario {

    private static final int RATE_WINDOWS = 3;
    private static final Duration WARM = Duration.ofSeconds(15);

    /** What copies and compares is compiled again after some half a million requests. */
    private static final Duration WARM_FEATURE = Duration.ofSeconds(45);

    private static final double KEPT_WITHIN = 0.02;

    /** Of the p99 that was measured; beyond it the tail is the generator's own. */
    private static final double LATE_SHARE_MAX = 0.5;

    @Override
    public String name() {
        return "open loop at %s of %s's saturation, %s, %s"
                .formatted(Numbers.percent(share), reference, payload, feature)
                .toLowerCase(Locale.ROOT);
    }

    @Override
    public Optional<String> missing(Stand stand) {
        return stand.saturation().missing();
    }

    @Override
    public Roster roster() {
        return feature == Feature.NONE ? Roster.PAIRS : Roster.BARE;
    }

    @Override
    public Trial open(Stand stand, List<Contender> contenders)
            throws IOException, InterruptedException {
        Gateways gateways = Gateways.open(stand, Profile.EQUAL_WORK, PacedBackend::start);
        Load load = new Load(0, payload, Saturation.CONNECTIONS, stand.pace().window(), 0);
        try {
            for (Contender contender : contenders) {
                gateways.start(
                        contender,
                        stand.placement().gateway(),
                        1024,
                        CarveSetup.USUAL.with(feature));
                gateways.ready(contender, load);
            }
            Contender measure =
                    contenders.stream()
                            .filter(one -> one.peer().name().equals(reference))
                            .findFirst()
                            .orElseThrow(() ->
                                    new IOException(reference + " is not here to set the rate"));
            double[] rates = new double[RATE_WINDOWS];
            for (int i = 0; i < rates.length; i++) {
                rates[i] =
                        gateways.load(measure, stand.saturation(), load)
                                .tally()
                                .requestsPerSecond();
            }
            double rate = share * Medians.median(rates);
            Load paced = new Load(0, payload, Saturation.CONNECTIONS, load.duration(), rate);
            PacedBackend driver = (PacedBackend) gateways.backend();
            // The driver's own code is compiled by the first loads, and that of the threads that
            // give way to others, which saturation leaves cold.
            Duration warming = feature == Feature.NONE ? WARM : WARM_FEATURE;
            Load warm = new Load(0, payload, Saturation.CONNECTIONS, warming, rate);
            for (Contender contender : contenders) {
                driver.run(warm.withPort(gateways.of(contender).port()));
            }
            return new OpenTrial(gateways, driver, paced, new ArrayList<>());
        } catch (IOException | InterruptedException e) {
            gateways.close();
            throw e;
        }
    }

    /** Latency counts from the intended start, so a late generator is in it. */
    static Optional<String> late(Tally tally) {
        return tally.lateMicros() > LATE_SHARE_MAX * tally.p99Micros()
                ? Optional.of(
                        "the generator was late: p99 %s µs of %s µs"
                                .formatted(
                                        Numbers.plain(tally.lateMicros()),
                                        Numbers.plain(tally.p99Micros())))
                : Optional.empty();
    }

    private record OpenTrial(
            Gateways gateways, PacedBackend driver, Load load, List<Double> lateMicros)
            implements Trial {

        @Override
        public Window measure(Contender contender) throws IOException, InterruptedException {
            Gateways.Cost cost = gateways.load(contender, driver, load);
            Tally tally = cost.tally();
            lateMicros.add(tally.lateMicros());
            return new Window(
                    Map.of(
                            Metric.CPU_PER_REQUEST,
                            CpuTime.micros(cost.cpuTicks()) / Math.max(1, tally.requests()),
                            Metric.P50,
                            tally.p50Micros(),
                            Metric.P99,
                            tally.p99Micros()),
                    cost.othersShare(),
                    faults(cost),
                    late(tally));
        }

        /** Slower than asked is a fault: its latencies are those of a lighter load. */
        private List<String> faults(Gateways.Cost cost) {
            double kept = cost.tally().requestsPerSecond() / load.ratePerSecond();
            if (Math.abs(kept - 1) <= KEPT_WITHIN) {
                return cost.faults();
            }
            List<String> faults = new ArrayList<>(cost.faults());
            faults.add(
                    "answered %s of %s requests a second"
                            .formatted(
                                    Numbers.plain(cost.tally().requestsPerSecond()),
                                    Numbers.plain(load.ratePerSecond())));
            return faults;
        }

        @Override
        public List<String> remarks() {
            return List.of(
                    "at %s requests a second, Poisson; the generator's own lateness, p99: %s µs (median of windows)"
                            .formatted(
                                    Numbers.plain(load.ratePerSecond()),
                                    Numbers.plain(
                                            Medians.median(
                                                    lateMicros.stream()
                                                            .mapToDouble(Double::doubleValue)
                                                            .toArray()))));
        }

        @Override
        public void close() {
            gateways.close();
        }
    }
}
