package dev.carve.it.express;

import dev.carve.config.Alternative;
import dev.carve.gateway.settings.ActionSettings;
import dev.carve.it.gateway.RunningGateway;
import dev.carve.testkit.OutsidePrograms;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs the test suite of an Express checkout twice, direct and with each test server behind a
 * gateway of this process, and compares test by test.
 *
 * <p>The checkout is given, with its packages installed ({@code npm ci} or {@code npm install});
 * nothing is written into it. Main thread; each run ends after ten minutes.
 */
public final class ExpressProof {

    private static final String FIELD = "Carve-Proof-Port";
    private static final long RUN_MINUTES_MAX = 10;

    private final Path checkout;
    private final PrintStream out;

    /**
     * @param checkout Express's own folder
     * @param out where the result goes
     */
    public ExpressProof(Path checkout, PrintStream out) {
        this.checkout = checkout;
        this.out = out;
    }

    /** Whether both runs came to the same. */
    public boolean run() throws IOException, InterruptedException {
        requireCheckout();
        Path folder = Files.createTempDirectory("carve-express");
        try {
            Path reporter = unpack(folder, "outcomes.js");
            Path preload = unpack(folder, "behind-carve.js");
            Outcomes direct = suite(folder.resolve("direct"), reporter, List.of(), Map.of());
            out.println("direct:       " + direct);
            AtomicLong calls = new AtomicLong();
            Outcomes behind;
            try (RunningGateway gateway = gateway(calls)) {
                behind =
                        suite(
                                folder.resolve("behind"),
                                reporter,
                                List.of("--require", preload.toString()),
                                Map.of(
                                        "CARVE_PROOF_PORT",
                                        Integer.toString(gateway.port()),
                                        "CARVE_PROOF_FIELD",
                                        FIELD));
            }
            out.println("behind Carve: " + behind + ", " + calls + " requests through Carve");
            return isSame(direct, behind, calls.get());
        } finally {
            delete(folder);
        }
    }

    private boolean isSame(Outcomes direct, Outcomes behind, long calls) {
        List<String> differences = direct.differences(behind);
        differences.forEach(difference -> out.println("  " + difference));
        if (direct.count("pass") == 0 || calls < direct.count("pass") / 2) {
            out.println("the suite did not run, or not through Carve");
            return false;
        }
        out.println(
                differences.isEmpty()
                        ? "the same result for every test"
                        : differences.size() + " titles differ");
        return differences.isEmpty();
    }

    private void requireCheckout() {
        for (String needed : List.of("test/support/env.js", "node_modules/mocha/bin/mocha.js")) {
            if (!Files.exists(checkout.resolve(needed))) {
                throw new IllegalArgumentException(
                        "--from: \"%s\" has no %s (expected: an Express checkout after npm install)"
                                .formatted(checkout, needed));
            }
        }
    }

    private static RunningGateway gateway(AtomicLong calls) {
        return RunningGateway.start(
                """
                forwarded: off
                limits: { half_close: cancel } # as Node takes a client's FIN
                services: {}
                routes: [{ match: /, port_of_host: %s }]
                """
                        .formatted(FIELD),
                loops ->
                        settings ->
                                settings instanceof ForwardByPort.Settings(String field)
                                        ? new ForwardByPort(loops, field, calls)
                                        : null,
                List.of(new Alternative<>(ActionSettings.class, ForwardByPort.Settings.class)));
    }

    private Outcomes suite(
            Path outcomes, Path reporter, List<String> further, Map<String, String> environment)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                OutsidePrograms.require("node").toString(),
                                "node_modules/mocha/bin/mocha.js",
                                "--require",
                                "test/support/env"));
        command.addAll(further);
        command.addAll(
                List.of(
                        "--check-leaks",
                        "--reporter",
                        reporter.toString(),
                        "test/",
                        "test/acceptance/"));
        ProcessBuilder builder = new ProcessBuilder(command).directory(checkout.toFile());
        builder.environment().putAll(environment);
        builder.environment().put("CARVE_PROOF_OUTCOMES", outcomes.toString());
        Path log = outcomes.resolveSibling(outcomes.getFileName() + ".log");
        Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        if (!process.waitFor(RUN_MINUTES_MAX, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException("the suite did not end within " + RUN_MINUTES_MAX + " minutes");
        }
        if (!Files.exists(outcomes)) {
            throw new IOException("the suite did not run:\n" + Files.readString(log));
        }
        return Outcomes.read(Files.readAllLines(outcomes));
    }

    private static Path unpack(Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream in = ExpressProof.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no resource " + name);
            }
            Files.copy(in, file);
        }
        return file;
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
