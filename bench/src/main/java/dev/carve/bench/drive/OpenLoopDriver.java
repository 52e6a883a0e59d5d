package dev.carve.bench.drive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Carve's own generator as a program on its core: a main class that takes port, path, connections,
 * seconds and rate, and prints a tally line like wrk's script. A process of its own, since the
 * harness itself stays off the measured cores.
 */
public final class OpenLoopDriver implements Driver {

    private static final String MAIN = "dev.carve.bench.drive.OpenLoopMain";

    private final String cores;

    public OpenLoopDriver(String cores) {
        this.cores = cores;
    }

    @Override
    public Optional<String> missing() {
        String file = "/" + MAIN.replace('.', '/') + ".class";
        return OpenLoopDriver.class.getResource(file) == null
                ? Optional.of("the open-loop generator is not part of this build (" + MAIN + ")")
                : Optional.empty();
    }

    @Override
    public Ongoing start(Load load) throws IOException {
        if (!(load.ratePerSecond() > 0) || load.payload().requestBytes() > 0) {
            throw new IllegalArgumentException(load + " (expected a rate and no request body)");
        }
        List<String> command =
                List.of(
                        "taskset",
                        "-c",
                        cores,
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MAIN,
                        Integer.toString(load.port()),
                        load.payload().path(),
                        Integer.toString(load.connections()),
                        Long.toString(load.duration().toSeconds()),
                        String.format(Locale.ROOT, "%.0f", load.ratePerSecond()));
        return DriverProcess.start(command, TallyLine::parse);
    }
}
