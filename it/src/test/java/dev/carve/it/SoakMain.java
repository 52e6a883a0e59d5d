package dev.carve.it;

import dev.carve.it.soak.Soak;
import java.time.Duration;
import java.util.List;

/** {@code ./dev soak}: load with faults for a time. Exit codes as Carve's. */
public final class SoakMain {

    private static final String USAGE =
            """
            usage: ./dev soak [--for TIME]
              --for TIME   how long, such as 60s (the default), 10m or 2h
            """;

    private SoakMain() {}

    public static void main(String[] arguments) throws Exception {
        System.exit(run(List.of(arguments)));
    }

    static int run(List<String> arguments) throws Exception {
        Duration length = length(arguments);
        if (length.isZero()) {
            System.err.print(USAGE);
            return 2;
        }
        return new Soak(length, System.out).run() ? 0 : 1;
    }

    /** Zero for wrong use. */
    private static Duration length(List<String> arguments) {
        if (arguments.isEmpty()) {
            return Duration.ofSeconds(60);
        }
        if (arguments.size() != 2
                || !arguments.get(0).equals("--for")
                || !arguments.get(1).matches("[1-9][0-9]{0,5}[smh]")) {
            return Duration.ZERO;
        }
        return Duration.parse("PT" + arguments.get(1));
    }
}
