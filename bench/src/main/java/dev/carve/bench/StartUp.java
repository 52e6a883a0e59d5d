package dev.carve.bench;

import dev.carve.bench.drive.Payload;
import dev.carve.bench.peer.CarveSetup;
import dev.carve.bench.peer.Probe;
import dev.carve.bench.peer.Profile;
import dev.carve.bench.peer.Running;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From starting the program to the first 200 that came through it, on two cores, asked for every
 * millisecond. Each contender is started once unrecorded, so that its files are in memory.
 */
record StartUp(boolean cached) implements Scenario {

    @Override
    public String name() {
        return "start to the first forwarded 200" + (cached ? "" : ", without AOT cache");
    }

    @Override
    public Optional<String> missing(Stand stand) {
        return Optional.empty();
    }

    @Override
    public Roster roster() {
        return cached ? Roster.EVERYBODY : Roster.JVM;
    }

    @Override
    public Trial open(Stand stand, List<Contender> contenders)
            throws IOException, InterruptedException {
        Gateways gateways = Gateways.open(stand, Profile.DEFAULTS, Payload.JSON);
        StartTrial trial = new StartTrial(stand, gateways, cached);
        try {
            for (Contender contender : contenders) {
                trial.measure(contender);
            }
        } catch (IOException | InterruptedException e) {
            gateways.close();
            throw e;
        }
        return trial;
    }

    private record StartTrial(Stand stand, Gateways gateways, boolean cached) implements Trial {

        @Override
        public Window measure(Contender contender) throws IOException, InterruptedException {
            Usage before = Usage.read(stand, gateways);
            Running gateway =
                    gateways.start(
                            contender,
                            stand.placement().both(),
                            1024,
                            cached ? CarveSetup.USUAL : CarveSetup.USUAL.withoutCache());
            Probe.untilOk(gateway, Payload.JSON.path());
            double millis = (System.nanoTime() - gateway.startedNanos()) / 1e6;
            double others = Usage.read(stand, gateways).othersShareSince(before);
            gateways.stop(contender);
            return new Window(Map.of(Metric.START, millis), others, List.of());
        }

        @Override
        public void close() {
            gateways.close();
        }
    }
}
