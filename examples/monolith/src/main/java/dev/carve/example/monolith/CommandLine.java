package dev.carve.example.monolith;

import java.nio.file.Path;
import java.util.Map;

/** Reads the monolith's options: flag before environment before default. */
final class CommandLine {

    static final String USAGE =
            """
            The sample monolith. Options, each as --name VALUE or --name=VALUE:
              --port N       port to listen on, 0 for a free one (default: $PORT, else 3000)
              --host ADDRESS address to listen on (default: 127.0.0.1)
              --data FILE    SQLite file (default: a temporary one, gone when the monolith stops)
              --rows N       rows of /api/data (default: 1000000)
              --cpu-turns N  turns that /api/data-cpu burns (default: 50000000, about 30 ms)
              --queue N      requests that may wait; further ones get 503 (default: 10000)
              --prepare      make all tables at start, not each on first use
            """;

    private CommandLine() {}

    /**
     * Reads the arguments.
     *
     * @throws IllegalArgumentException saying which option is wrong and what was expected
     */
    static MonolithOptions parse(String[] args, Map<String, String> environment) {
        MonolithOptions options = MonolithOptions.defaults();
        String port = environment.get("PORT");
        if (port != null && !port.isEmpty()) {
            options = options.withPort(whole("PORT", port));
        }
        int at = 0;
        while (at < args.length) {
            String name = args[at++];
            if (name.equals("--prepare")) {
                options = options.withPrepare(true);
                continue;
            }
            int equals = name.indexOf('=');
            String value;
            if (equals > 0) {
                value = name.substring(equals + 1);
                name = name.substring(0, equals);
            } else if (at < args.length) {
                value = args[at++];
            } else {
                value = "";
            }
            options = set(options, name, value);
        }
        return options;
    }

    private static MonolithOptions set(MonolithOptions options, String name, String value) {
        return switch (name) {
            case "--port" -> options.withPort(whole(name, value));
            case "--host" -> options.withHost(text(name, value));
            case "--data" -> options.withFile(Path.of(text(name, value)));
            case "--rows" -> options.withRows(whole(name, value));
            case "--cpu-turns" -> options.withCpuTurns(whole(name, value));
            case "--queue" -> options.withQueueMax(whole(name, value));
            default ->
                    throw new IllegalArgumentException(
                            "%s: unknown option (expected: --port, --host, --data, --rows, --cpu-turns, --queue or --prepare)"
                                    .formatted(name));
        };
    }

    private static String text(String name, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(name + ": no value (expected: one after it)");
        }
        return value;
    }

    private static int whole(String name, String value) {
        if (!value.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException(
                    "%s: \"%s\" (expected: a whole number)".formatted(name, value));
        }
        return Integer.parseInt(value);
    }
}
