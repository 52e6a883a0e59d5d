package dev.carve.bench;

import dev.carve.bench.drive.Load;
import dev.carve.bench.drive.Payload;
import dev.carve.bench.drive.Tally;
import dev.carve.bench.peer.CarvePeer;
import dev.carve.bench.peer.CarveSetup;
import dev.carve.bench.peer.CarveSetup.Feature;
import dev.carve.bench.peer.PacedBackend;
import dev.carve.bench.peer.Profile;
import dev.carve.bench.peer.Unanswered;
import dev.carve.bench.stats.Medians;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tail of one service's answers while another, on the same loops, answers nothing to ten times
 * as many clients, who ask again each time that they are told so; beside the same gateway without
 * the other. Open loop, each latency from its intended start, at a rate that leaves the gateway
 * idle for most of the time, as a tail says nothing of a fault where the processor is short.
 */
record StalledBeside() implements Scenario {

    private static final double RATE = 2_000;
    private static final int STALLED = 10 * Saturation.CONNECTIONS;
    private static final Duration WARM = Duration.ofSeconds(30);
    private static final double KEPT_WITHIN = 0.02;

    @Override
    public String name() {
        return "open loop beside a service that stalls";
    }

    @Override
    public Optional<String> missing(Stand stand) {
        return stand.saturation().missing();
    }

    @Override
    public Roster roster() {
        return Roster.BARE;
    }

    @Override
    public Trial open(Stand stand, List<Contender> contenders)
            throws IOException, InterruptedException {
        Gateways gateways = Gateways.open(stand, Profile.EQUAL_WORK, PacedBackend::start);
        Load warm = new Load(0, Payload.JSON, Saturation.CONNECTIONS, stand.pace().window(), 0);
        Load paced = new Load(0, Payload.JSON, Saturation.CONNECTIONS, stand.pace().window(), RATE);
        try {
            PacedBackend driver = (PacedBackend) gateways.backend();
            for (Contender contender : contenders) {
                gateways.start(
                        contender,
                        stand.placement().gateway(),
                        4096,
                        CarveSetup.USUAL.with(Feature.STALLED_BESIDE));
                gateways.ready(contender, warm);
            }
            // The driver's own code is compiled by the first loads, and that of refusals,
            // time-outs and new connections by the clients of the service that stalls.
            for (Contender contender : contenders) {
                int port = gateways.of(contender).port();
                int clients = stalledOf(contender);
                try (Unanswered _ =
                        Unanswered.open(driver, port, clients, CarvePeer.STALLED_PATH)) {
                    driver.run(paced.lasting(WARM).withPort(port));
                }
            }
            return new BesideTrial(gateways, driver, paced, new ArrayList<>());
        } catch (IOException | InterruptedException e) {
            gateways.close();
            throw e;
        }
    }

    private static int stalledOf(Contender contender) {
        return contender.peer().name().equals(CarvePeer.BARE) ? 0 : STALLED;
    }

    private record BesideTrial(
            Gateways gateways, PacedBackend driver, Load load, List<Double> refusals)
            implements Trial {

        @Override
        public Window measure(Contender contender) throws IOException, InterruptedException {
            int port = gateways.of(contender).port();
            int stalled = stalledOf(contender);
            try (Unanswered clients =
                    Unanswered.open(driver, port, stalled, CarvePeer.STALLED_PATH)) {
                Gateways.Cost cost = gateways.load(contender, driver, load);
                Unanswered.Told told = clients.end();
                List<String> faults = new ArrayList<>(cost.faults());
                refusals.add((double) told.refused());
                if (told.unexpected() > 0 || (stalled > 0 && told.refused() == 0)) {
                    faults.add(
                            "of the stalled service's clients %d had an answer, %d were refused"
                                    .formatted(told.unexpected(), told.refused()));
                }
                Tally tally = cost.tally();
                double kept = tally.requestsPerSecond() / RATE;
                if (Math.abs(kept - 1) > KEPT_WITHIN) {
                    faults.add(
                            "answered %s of %s requests a second"
                                    .formatted(
                                            Numbers.plain(tally.requestsPerSecond()),
                                            Numbers.plain(RATE)));
                }
                return new Window(
                        Map.of(Metric.P99, tally.p99Micros(), Metric.P50, tally.p50Micros()),
                        cost.othersShare(),
                        faults,
                        OpenLoop.late(tally));
            }
        }

        @Override
        public List<String> remarks() {
            return List.of(
                    "at %s requests a second, Poisson, from %d clients; beside them %d of the other service, half of them in its line; they ask again when refused, %s times in a window (median); bare: without these"
                            .formatted(
                                    Numbers.plain(RATE),
                                    Saturation.CONNECTIONS,
                                    STALLED,
                                    Numbers.plain(
                                            Medians.median(
                                                    refusals.stream()
                                                            .mapToDouble(Double::doubleValue)
                                                            .filter(each -> each > 0)
                                                            .toArray()))));
        }

        @Override
        public void close() {
            gateways.close();
        }
    }
}
