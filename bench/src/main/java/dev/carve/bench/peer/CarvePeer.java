package dev.carve.bench.peer;

import dev.carve.bench.peer.CarveSetup.Feature;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Carve, started with the jars, flags and AOT cache that {@code ./carve} uses: the build that
 * {@code target/carve/current} names and the argument file {@code scripts/java.flags}, below the
 * project's root. Only {@code -Xlog:gc} is added, for the figures that come from it.
 */
public final class CarvePeer implements Peer {

    private static final String MAIN = "dev.carve.app.Main";

    /** As in the launcher's {@code CARVE_HEAP}. */
    private static final String HEAP = "256m";

    /** Answered by Carve itself with the file's edition, so that a reload can be seen. */
    public static final String OWN_PATH = "/bench-edition";

    /** Where {@link Feature#STALLED_BESIDE} is; {@link PacedLoop} never answers it. */
    public static final String STALLED_PATH = "/stalled";

    /** A port below those that a system gives out, with no service on it. */
    private static final int NOBODY = 1;

    private static final Pattern SAME =
            Pattern.compile(
                    "^carve_compared_total\\{[^}]*result=\"same\"[^}]*} (\\S+)$",
                    Pattern.MULTILINE);

    private static final String FIRST = "edition-1";
    private static final Duration RELOAD_WITHIN = Duration.ofSeconds(20);
    private static final Duration RELOAD_ASK_AFTER = Duration.ofMillis(20);

    /** What Carve is called where its route has nothing beside forwarding, whatever is asked. */
    public static final String BARE = "bare";

    private final Path root;
    private final boolean bare;

    /** {@code root} is the project's. */
    public CarvePeer(Path root) {
        this(root, false);
    }

    private CarvePeer(Path root, boolean bare) {
        this.root = root;
        this.bare = bare;
    }

    /** The same Carve without the feature that is measured, to compare it with. */
    public static CarvePeer bare(Path root) {
        return new CarvePeer(root, true);
    }

    @Override
    public String name() {
        return bare ? BARE : "carve";
    }

    @Override
    public Optional<String> missing() {
        try {
            return jars().isEmpty()
                    ? Optional.of("Carve is not built (no jars in " + build().resolve("lib") + ")")
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of("Carve is not built (" + e + ")");
        }
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return "this checkout, " + cacheState();
    }

    /** A cache that does not fit is ignored without a word, so a JVM that must use it is asked. */
    private String cacheState() throws IOException, InterruptedException {
        if (!Files.exists(cache())) {
            return "no AOT cache";
        }
        List<String> command = new ArrayList<>(java());
        command.add("-XX:AOTMode=on");
        command.add("-XX:AOTCache=" + cache());
        command.addAll(List.of("-cp", classPath(), "-version"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0
                ? "AOT cache in use"
                : "AOT cache does not fit and is ignored: "
                        + said.lines().findFirst().orElse("").strip();
    }

    @Override
    public boolean runsOnJvm() {
        return true;
    }

    @Override
    public Running start(GatewaySpec asked) throws IOException {
        GatewaySpec spec = bare ? asked.with(asked.carve().with(Feature.NONE)) : asked;
        Path file = file(spec);
        Files.writeString(file, configuration(spec, FIRST));
        List<String> command = new ArrayList<>(java());
        if (spec.carve().cached() && Files.exists(cache())) {
            command.add("-XX:AOTCache=" + cache());
        }
        if (spec.carve().ballastMebibytes() > 0) {
            command.add(Ballast.flag(spec.folder(), spec.carve().ballastMebibytes()));
        }
        command.add("-Xlog:gc:file=" + gcLog(spec.folder()) + "::filecount=0");
        command.addAll(List.of("-cp", classPath(), MAIN, "run", "--config", file.toString()));
        return Running.start(
                spec.label(),
                spec.listenPort(),
                spec.cores(),
                spec.folder().resolve("output.log"),
                command);
    }

    @Override
    public Optional<Path> accessLog(Profile profile, Running running) {
        return profile.carveLogs() ? Optional.of(running.output()) : Optional.empty();
    }

    @Override
    public OptionalLong compared(GatewaySpec spec) throws IOException {
        if (bare || spec.carve().feature() != Feature.MIRROR) {
            return OptionalLong.empty();
        }
        Matcher found = SAME.matcher(Probe.get(spec.adminPort(), "/metrics").body());
        if (!found.find()) {
            throw new IOException(spec.label() + " counts no comparisons (expected: every answer)");
        }
        return OptionalLong.of((long) Double.parseDouble(found.group(1)));
    }

    /** What starts Carve as {@code ./carve} does; the command's own words follow. */
    public List<String> program() throws IOException {
        List<String> command = new ArrayList<>(java());
        if (Files.exists(cache())) {
            command.add("-XX:AOTCache=" + cache());
        }
        command.addAll(List.of("-cp", classPath(), MAIN));
        return command;
    }

    /** The argument file with the flags that Carve runs with. */
    public Path flags() {
        return root.resolve("scripts").resolve("java.flags");
    }

    private List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + flags(),
                "-Xmx" + HEAP);
    }

    /**
     * Changes all routes in the file, tells the process to load it again and waits until what it
     * answers is the new file's.
     */
    public static void reload(GatewaySpec spec, Running running)
            throws IOException, InterruptedException {
        String edition = "edition-" + System.nanoTime();
        Files.writeString(file(spec), configuration(spec, edition));
        Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(running.pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill -HUP " + running.pid() + " ended with " + kill.exitValue());
        }
        long start = System.nanoTime();
        String seen = FIRST;
        while (System.nanoTime() - start < RELOAD_WITHIN.toNanos()) {
            if (!running.aliveAfter(RELOAD_ASK_AFTER)) {
                throw new IOException(running.label() + " ended on SIGHUP (expected: a reload)");
            }
            try {
                seen = Probe.get(running.port(), OWN_PATH).body();
            } catch (SocketException _) {
                // It is ending, which the next turn sees, or too busy, which the time bounds.
            }
            if (seen.equals(edition)) {
                return;
            }
        }
        throw new IOException(
                "%s had no new configuration %d s after SIGHUP"
                        .formatted(running.label(), RELOAD_WITHIN.toSeconds()));
    }

    /** Where an instance started in {@code folder} writes its collections. */
    public static Path gcLog(Path folder) {
        return folder.resolve("gc.log");
    }

    private static Path file(GatewaySpec spec) {
        return spec.folder().resolve("carve.yaml");
    }

    static String configuration(GatewaySpec spec, String edition) {
        StringBuilder file = new StringBuilder();
        file.append("listen: 127.0.0.1:%d%n".formatted(spec.listenPort()));
        file.append("admin: 127.0.0.1:%d%n".formatted(spec.adminPort()));
        file.append("store: %s%n".formatted(spec.folder().resolve("carve.db")));
        file.append(spec.profile().carveLogs() ? "" : "access_log: off\n");
        file.append(spec.carve().uring() ? "threads: { transport: io_uring }\n" : "");
        // Forwarded fields and a request id are on by default; the times are those of the others.
        file.append(
                """
                limits: { head_time: 10s, idle: 300s, body_stall: 60s, send_stall: 60s }
                services:
                  backend:
                    urls: [%s]
                    timeouts: { connect: 5s, response: 60s, idle: 60s }
                %sroutes:
                  - match: /
                    to: backend
                %s  - match: %s
                    respond: { body: %s }
                """
                        .formatted(urls(spec), service(spec), route(spec), OWN_PATH, edition));
        for (int i = 0; i < spec.carve().routes(); i++) {
            file.append("  - match: /%s/r%d/{id}%n    to: backend%n".formatted(edition, i));
        }
        return file.toString();
    }

    /** Behind all that protects a service there is one to choose from: the backend by two names. */
    private static String urls(GatewaySpec spec) {
        String one = "http://127.0.0.1:" + spec.backendPort();
        return spec.carve().feature() == CarveSetup.Feature.PROTECTION
                ? one + ", http://localhost:" + spec.backendPort()
                : one;
    }

    private static String service(GatewaySpec spec) {
        return switch (spec.carve().feature()) {
            case NONE -> "";
            case PROTECTION ->
                    """
                        balance: least_requests
                        slow_start: 10s
                        requests: 10000
                        connections: 10000
                        health: { path: /json, every: 1s }
                        retries: { attempts: 3, budget: 20%, statuses: [503] }
                        hedge: { after: 99%, budget: 1% }
                        breaker: { slow: 5s, statuses: [500-599] }
                        ejection: { statuses: [500-599] }
                        limit: { adaptive: { min: 100, max: 1000 }, waiting: 100 }
                    """;
            case CARVE_OFF, MIRROR, MIRROR_HANGING -> fresh(spec.backendPort());
            case MIRROR_DEAD -> fresh(NOBODY);
            case RETRY_BUDGET ->
                    """
                        retries: { attempts: 3, budget: 2%, budget_min: 0, statuses: [503], backoff: 0s }
                    """;
            case STALLED_BESIDE ->
                    """
                      stalled:
                        urls: [http://127.0.0.1:%d]
                        timeouts: { response: 1s }
                        limit: { requests: 320, waiting: 320, wait: 500ms }
                    """
                            .formatted(spec.backendPort());
        };
    }

    private static String route(GatewaySpec spec) {
        return switch (spec.carve().feature()) {
            case NONE -> "";
            case RETRY_BUDGET -> "";
            case STALLED_BESIDE -> "  - match: %s%n    to: stalled%n".formatted(STALLED_PATH);
            case PROTECTION -> "    limit: { requests: 1000, waiting: 100 }\n";
            case CARVE_OFF -> "    carve: { to: fresh }\n";
            case MIRROR, MIRROR_DEAD, MIRROR_HANGING -> "    carve: { to: fresh, mirror: 100% }\n";
        };
    }

    private static String fresh(int port) {
        return "  fresh: http://127.0.0.1:%d%n".formatted(port);
    }

    private String classPath() throws IOException {
        return String.join(":", jars().stream().map(Path::toString).toList());
    }

    private Path build() throws IOException {
        String named = System.getenv("CARVE_DIST");
        Path builds = root.resolve("target").resolve("carve");
        if (named != null && Path.of(named).startsWith(builds.toAbsolutePath())) {
            return Path.of(named);
        }
        return builds.resolve(Files.readString(builds.resolve("current")).strip());
    }

    private Path cache() throws IOException {
        return build().resolve("carve.aot");
    }

    private List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.list(build().resolve("lib"))) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
    }
}
