package dev.carve.bench.peer;

import dev.carve.bench.drive.Driver;
import dev.carve.bench.drive.Load;
import dev.carve.bench.drive.Tally;
import dev.carve.bench.drive.TallyLine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The {@link PacedLoop} in a process of its own: a backend that drives the gateway as well. */
public final class PacedBackend extends JvmBackend implements Driver {

    private static final Duration SLACK = Duration.ofSeconds(15);

    private PacedBackend(Running running) {
        super(running);
    }

    public static PacedBackend start(Path folder, String cores)
            throws IOException, InterruptedException {
        return new PacedBackend(
                launch("paced", folder, cores, List.of("-Xms256m", "-Xmn200m"), PacedLoop.class));
    }

    @Override
    public Optional<String> missing() {
        return Optional.empty();
    }

    @Override
    public Ongoing start(Load load) throws IOException {
        if (!(load.ratePerSecond() > 0)) {
            throw new IllegalArgumentException(load + " (expected a rate)");
        }
        String target =
                PacedLoop.DRIVE
                        + "?%d,%d,%d,%.0f,%s,%d"
                                .formatted(
                                        load.port(),
                                        load.connections(),
                                        load.duration().toSeconds(),
                                        load.ratePerSecond(),
                                        load.payload().path(),
                                        load.payload().answerBytes());
        Duration within = load.duration().plus(SLACK);
        FutureTask<Tally> driving =
                new FutureTask<>(() -> TallyLine.parse(Probe.get(port(), target, within).body()));
        Thread.ofPlatform().daemon().name("paced-drive").start(driving);
        return new Drive(running, driving);
    }

    private record Drive(Running running, FutureTask<Tally> driving) implements Ongoing {

        @Override
        public long pid() {
            return running.pid();
        }

        @Override
        public boolean aliveAt(long nanos) throws InterruptedException {
            try {
                driving.get(Math.max(0, nanos - System.nanoTime()), TimeUnit.NANOSECONDS);
                return false;
            } catch (ExecutionException e) {
                return false;
            } catch (TimeoutException e) {
                return true;
            }
        }

        @Override
        public Tally await() throws IOException, InterruptedException {
            try {
                return driving.get();
            } catch (ExecutionException e) {
                throw new IOException("the paced load failed:\n" + running.tail(), e.getCause());
            }
        }

        @Override
        public void close() {
            driving.cancel(true);
        }
    }
}
