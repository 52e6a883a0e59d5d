package dev.carve.it.reload;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A JVM leaves a signal alone that it was started to ignore, as below {@code nohup} or as a job in
 * the background of a shell, and its children inherit that. Stateless.
 */
final class IgnoredSignals {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String LINE = "SigIgn:";

    /** In the order of their numbers, from 1. */
    private static final List<String> NAMES = List.of("HUP", "INT");

    private IgnoredSignals() {}

    /** Skips the test where one of these is ignored. */
    static void assumeNone(String... names) throws IOException {
        if (!Files.exists(STATUS)) {
            return;
        }
        long ignored =
                Files.readAllLines(STATUS).stream()
                        .filter(line -> line.startsWith(LINE))
                        .mapToLong(line ->
                                Long.parseUnsignedLong(line.substring(LINE.length()).strip(), 16))
                        .findFirst()
                        .orElse(0);
        for (String name : names) {
            int number = NAMES.indexOf(name);
            boolean isIgnored = number >= 0 && (ignored >>> number & 1) == 1;
            assumeFalse(
                    isIgnored, "platform: these tests were started with SIG" + name + " ignored");
        }
    }
}
