package dev.carve.bench;

import dev.carve.bench.drive.Driver;
import dev.carve.bench.drive.Load;
import dev.carve.bench.drive.Payload;
import dev.carve.bench.drive.Tally;
import dev.carve.bench.peer.Probe;
import dev.carve.bench.peer.Profile;
import dev.carve.bench.peer.Running;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rate in the first and in the fifth second of a gateway's life, counted by the backend from
 * the first 200 on. Fresh instances in every round, the gateway on one core from the start.
 */
record FirstSeconds() implements Scenario {

    private static final Duration LOAD = Duration.ofSeconds(6);

    @Override
    public String name() {
        return "first seconds";
    }

    @Override
    public Optional<String> missing(Stand stand) {
        return stand.saturation().missing();
    }

    @Override
    public Roster roster() {
        return Roster.PAIRS;
    }

    @Override
    public Trial open(Stand stand, List<Contender> contenders)
            throws IOException, InterruptedException {
        return new FirstTrial(stand, Gateways.open(stand, Profile.EQUAL_WORK, Payload.JSON));
    }

    /** The backend's count at an instant. */
    private record Count(long requests, long nanos) {

        static Count read(Gateways gateways) throws IOException, InterruptedException {
            return new Count(gateways.backend().requests(), System.nanoTime());
        }

        double perSecondSince(Count start) {
            return (requests - start.requests) * 1e9 / (nanos - start.nanos);
        }
    }

    private record FirstTrial(Stand stand, Gateways gateways) implements Trial {

        @Override
        public Window measure(Contender contender) throws IOException, InterruptedException {
            gateways.seenWhenQuiet();
            Running gateway = gateways.start(contender, stand.placement().gateway(), 1024);
            Probe.untilOk(gateway, Payload.JSON.path());
            Usage before = Usage.read(stand, gateways);
            Load load = new Load(gateway.port(), Payload.JSON, Saturation.CONNECTIONS, LOAD, 0);
            Count start = Count.read(gateways);
            try (Driver.Ongoing ongoing = stand.saturation().start(load)) {
                Count first = countAt(ongoing, start, 1);
                Count fourth = countAt(ongoing, start, 4);
                Count fifth = countAt(ongoing, start, 5);
                Tally tally = ongoing.await();
                double others = Usage.read(stand, gateways).othersShareSince(before);
                long seen = gateways.seenWhenQuiet() - start.requests();
                gateways.stop(contender);
                return new Window(
                        Map.of(
                                Metric.FIRST_SECOND,
                                first.perSecondSince(start),
                                Metric.FIFTH_SECOND,
                                fifth.perSecondSince(fourth)),
                        others,
                        Gateways.faults(tally, load, seen, 0, 0));
            }
        }

        private Count countAt(Driver.Ongoing ongoing, Count start, int second)
                throws IOException, InterruptedException {
            if (!ongoing.aliveAt(start.nanos() + Duration.ofSeconds(second).toNanos())) {
                throw new IOException("the load ended before its second " + second);
            }
            return Count.read(gateways);
        }

        @Override
        public void close() {
            gateways.close();
        }
    }
}
