package dev.carve.bench;

import dev.carve.bench.peer.CarvePeer;
import dev.carve.bench.peer.CarveSetup;
import dev.carve.bench.peer.CarveSetup.Feature;
import dev.carve.bench.peer.CountedRequests;
import dev.carve.bench.peer.Probe;
import dev.carve.bench.peer.Profile;
import dev.carve.bench.peer.Running;
import dev.carve.bench.peer.SinkBackend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What retries add to the load of a service that answers nothing but 503, under a budget of 2 % and
 * three attempts a call: attempts that the backend counted, above the requests that clients sent.
 * Counts, not times.
 */
record RetryLoad() implements Scenario {

    private static final String PATH = "/outage";
    private static final int OUTAGE = 503;

    @Override
    public String name() {
        return "total outage under a retry budget";
    }

    @Override
    public Optional<String> missing(Stand stand) {
        return Optional.empty();
    }

    @Override
    public Roster roster() {
        return Roster.JVM;
    }

    @Override
    public Pace pace(Pace usual) {
        return usual.few();
    }

    @Override
    public Trial open(Stand stand, List<Contender> contenders)
            throws IOException, InterruptedException {
        Gateways gateways = Gateways.open(stand, Profile.EQUAL_WORK, SinkBackend::startFailing);
        try {
            for (Contender contender : contenders) {
                Running gateway =
                        gateways.start(
                                contender,
                                stand.placement().gateway(),
                                1024,
                                CarveSetup.USUAL.with(Feature.RETRY_BUDGET));
                Probe.untilOk(gateway, CarvePeer.OWN_PATH);
            }
        } catch (IOException | InterruptedException e) {
            gateways.close();
            throw e;
        }
        return new OutageTrial(stand, gateways);
    }

    /** Counts over all rounds, since a budget may be used a little after it was paid in. */
    private static final class OutageTrial implements Trial {
        private final Stand stand;
        private final Gateways gateways;
        private final Map<Contender, Total> totals = new HashMap<>();

        private record Total(long requests, long attempts) {

            static final Total NONE = new Total(0, 0);

            Total plus(long moreRequests, long moreAttempts) {
                return new Total(requests + moreRequests, attempts + moreAttempts);
            }

            double addedPercent() {
                return 100.0 * (attempts - requests) / requests;
            }
        }

        OutageTrial(Stand stand, Gateways gateways) {
            this.stand = stand;
            this.gateways = gateways;
        }

        @Override
        public Window measure(Contender contender) throws IOException, InterruptedException {
            long before = gateways.seenWhenQuiet();
            CountedRequests.Count clients =
                    CountedRequests.run(
                            gateways.of(contender).port(),
                            PATH,
                            OUTAGE,
                            Saturation.CONNECTIONS,
                            stand.pace().window());
            long attempts = gateways.seenWhenQuiet() - before;
            List<String> faults = new ArrayList<>();
            if (clients.unexpected() > 0) {
                faults.add(clients.unexpected() + " answers with another status than 503");
            }
            if (attempts <= clients.requests()) {
                faults.add(
                        "%d attempts for %d requests: nothing was tried again"
                                .formatted(attempts, clients.requests()));
            }
            Total total =
                    totals.getOrDefault(contender, Total.NONE).plus(clients.requests(), attempts);
            totals.put(contender, total);
            return new Window(Map.of(Metric.ADDED_LOAD, total.addedPercent()), 0, faults);
        }

        @Override
        public List<String> remarks() {
            List<String> remarks = new ArrayList<>();
            remarks.add(
                    "retries: { attempts: 3, budget: 2%, budget_min: 0, statuses: [503] }; since the"
                            + " gateway's start");
            totals.forEach((contender, total) ->
                    remarks.add(
                            "%s: %d requests, %d attempts"
                                    .formatted(
                                            contender.label(),
                                            total.requests(),
                                            total.attempts())));
            return remarks;
        }

        @Override
        public void close() {
            gateways.close();
        }
    }
}
