package dev.carve.bench;

import dev.carve.bench.drive.Load;
import dev.carve.bench.drive.Payload;
import dev.carve.bench.peer.CarveSetup;
import dev.carve.bench.peer.JvmTool;
import dev.carve.bench.peer.KeptAlive;
import dev.carve.bench.peer.Probe;
import dev.carve.bench.peer.Profile;
import dev.carve.bench.peer.Running;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an idle client connection costs in memory: PSS with thousands of connections open that have
 * each had one answer, less PSS without, after a collection both times. The gateway has been under
 * load before, so that what it allocates once is not counted. The kernel's part is not in PSS.
 */
record IdleConnections(boolean uring) implements Scenario {

    private static final Duration WARM_UP = Duration.ofSeconds(3);

    @Override
    public String name() {
        return "idle client connections" + (uring ? ", io_uring" : "");
    }

    @Override
    public Optional<String> missing(Stand stand) {
        return stand.saturation().missing();
    }

    @Override
    public Roster roster() {
        return uring ? Roster.JVM : Roster.ONE_EACH;
    }

    @Override
    public Pace pace(Pace usual) {
        return usual.few();
    }

    @Override
    public Trial open(Stand stand, List<Contender> contenders)
            throws IOException, InterruptedException {
        return new IdleTrial(stand, Gateways.open(stand, Profile.DEFAULTS, Payload.JSON), uring);
    }

    private record IdleTrial(Stand stand, Gateways gateways, boolean uring) implements Trial {

        @Override
        public Window measure(Contender contender) throws IOException, InterruptedException {
            int connections = stand.pace().idleConnections();
            Running gateway =
                    gateways.start(
                            contender,
                            stand.placement().gateway(),
                            connections + 1024,
                            uring ? CarveSetup.USUAL.withUring() : CarveSetup.USUAL);
            Probe.untilOk(gateway, Payload.JSON.path());
            gateways.warm(
                    contender,
                    new Load(0, Payload.JSON, Saturation.CONNECTIONS, WARM_UP, 0),
                    WARM_UP);
            long none = collectedPss(contender, gateway);
            try (KeptAlive clients =
                    KeptAlive.open(gateway.port(), Payload.JSON.path(), connections)) {
                long all = collectedPss(contender, gateway);
                // The first has waited longest; had it been closed, the rest would be doubtful too.
                clients.askFirstAgain();
                double kib = Math.max(0, all - none) / 1024.0 / connections;
                return new Window(Map.of(Metric.IDLE_CONNECTION, kib), 0, List.of());
            } finally {
                gateways.stop(contender);
            }
        }

        private long collectedPss(Contender contender, Running gateway)
                throws IOException, InterruptedException {
            if (contender.peer().runsOnJvm()) {
                JvmTool.collect(gateway.pid());
            }
            return stand.proc().pssBytes(gateway.family());
        }

        @Override
        public List<String> remarks() {
            return List.of(
                    stand.pace().idleConnections()
                            + " connections, each after one answer; the kernel's part not counted");
        }

        @Override
        public void close() {
            gateways.close();
        }
    }
}
