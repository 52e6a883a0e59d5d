package dev.carve.bench;

import dev.carve.bench.drive.Driver;
import dev.carve.bench.drive.Load;
import dev.carve.bench.drive.Payload;
import dev.carve.bench.drive.Tally;
import dev.carve.bench.peer.CarvePeer;
import dev.carve.bench.peer.CarveSetup;
import dev.carve.bench.peer.JvmTool;
import dev.carve.bench.peer.Profile;
import dev.carve.bench.peer.Running;
import dev.carve.bench.proc.GcLog;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the collector does at saturation: how much a request allocates (heap growth between
 * collections, one forced at each end) and the longest pause. Native peers sit this one out.
 *
 * @param routes in the configuration; with any, it is changed and reloaded in mid-load
 * @param ballastMebibytes kept alive beside what Carve itself needs
 */
record JvmUnderLoad(int routes, int ballastMebibytes) implements Scenario {

    private static final double MIB = 1024 * 1024;

    @Override
    public String name() {
        return routes == 0 ? "collector" : "collector, reload of " + routes + " routes in mid-load";
    }

    @Override
    public Optional<String> missing(Stand stand) {
        return stand.saturation().missing();
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
        if (contenders.isEmpty()) {
            throw new IOException("no gateway that runs on a JVM takes part");
        }
        Gateways gateways = Gateways.open(stand, Profile.EQUAL_WORK, Payload.JSON);
        Load load = new Load(0, Payload.JSON, Saturation.CONNECTIONS, stand.pace().window(), 0);
        try {
            for (Contender contender : contenders) {
                gateways.start(
                        contender,
                        stand.placement().gateway(),
                        1024,
                        CarveSetup.USUAL.withRoutes(routes).withBallast(ballastMebibytes));
                gateways.ready(contender, load);
            }
        } catch (IOException | InterruptedException e) {
            gateways.close();
            throw e;
        }
        return new JvmTrial(stand, gateways, load, routes > 0, new ArrayList<>());
    }

    private record JvmTrial(
            Stand stand, Gateways gateways, Load load, boolean reloads, List<Double> liveMebibytes)
            implements Trial {

        @Override
        public Window measure(Contender contender) throws IOException, InterruptedException {
            Running gateway = gateways.of(contender);
            long seenBefore = gateways.seenWhenQuiet();
            Usage before = Usage.read(stand, gateways);
            int pausesBefore = pauses(gateway).size();
            JvmTool.collect(gateway.pid());
            Tally tally = loaded(contender, gateway);
            JvmTool.collect(gateway.pid());
            List<GcLog.Pause> pauses = pauses(gateway);
            pauses = pauses.subList(pausesBefore, pauses.size());
            long seen = gateways.seenWhenQuiet() - seenBefore;
            if (pauses.size() < 2 || tally.requests() == 0) {
                throw new IOException(
                        "%d collections logged around %d requests (expected 2 or more)"
                                .formatted(pauses.size(), tally.requests()));
            }
            liveMebibytes.add(pauses.getLast().afterBytes() / MIB);
            return new Window(
                    Map.of(
                            Metric.ALLOCATION,
                            (double) GcLog.allocatedBytes(pauses) / tally.requests(),
                            Metric.GC_PAUSE,
                            GcLog.longestMillis(pauses)),
                    Usage.read(stand, gateways).othersShareSince(before),
                    Gateways.faults(tally, load, seen, 0, 0));
        }

        private Tally loaded(Contender contender, Running gateway)
                throws IOException, InterruptedException {
            long start = System.nanoTime();
            try (Driver.Ongoing ongoing = stand.saturation().start(load.withPort(gateway.port()))) {
                boolean half = ongoing.aliveAt(start + load.duration().toNanos() / 2);
                if (half && reloads && contender.peer() instanceof CarvePeer) {
                    CarvePeer.reload(gateways.spec(contender), gateway);
                }
                return ongoing.await();
            }
        }

        private static List<GcLog.Pause> pauses(Running gateway) throws IOException {
            return GcLog.parse(Files.readString(CarvePeer.gcLog(gateway.folder())));
        }

        @Override
        public List<String> remarks() {
            double most = liveMebibytes.stream().mapToDouble(Double::doubleValue).max().orElse(0);
            return List.of("live heap after the load: " + Numbers.plain(most) + " MiB");
        }

        @Override
        public void close() {
            gateways.close();
        }
    }
}
