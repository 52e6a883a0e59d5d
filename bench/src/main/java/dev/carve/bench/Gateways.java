package dev.carve.bench;

import dev.carve.bench.drive.Driver;
import dev.carve.bench.drive.Load;
import dev.carve.bench.drive.Payload;
import dev.carve.bench.drive.Tally;
import dev.carve.bench.peer.Backend;
import dev.carve.bench.peer.CarvePeer;
import dev.carve.bench.peer.CarveSetup;
import dev.carve.bench.peer.GatewaySpec;
import dev.carve.bench.peer.NginxBackend;
import dev.carve.bench.peer.Probe;
import dev.carve.bench.peer.Profile;
import dev.carve.bench.peer.Running;
import dev.carve.bench.peer.SinkBackend;
import dev.carve.bench.peer.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** One backend and the gateways in front of it, kept running until closed. */
final class Gateways implements AutoCloseable {

    private static final Duration SETTLE = Duration.ofMillis(50);

    /** A figure of comparing says nothing where much of it was left out. */
    private static final double COMPARED_MIN = 0.99;

    /** Health checks within a window of ten seconds: each of two gateways asks once a second. */
    private static final int CHECKS_MAX = 48;

    private static final int SETTLE_TRIES = 100;

    /** On a busy machine one upload of 1 MiB can take longer than a single pause. */
    private static final int SETTLED = 4;

    private final Stand stand;
    private final Profile profile;
    private final Path folder;
    private final Backend backend;
    private final Map<Contender, Running> running = new LinkedHashMap<>();
    private final Map<Contender, GatewaySpec> specs = new LinkedHashMap<>();

    private Gateways(Stand stand, Profile profile, Path folder, Backend backend) {
        this.stand = stand;
        this.profile = profile;
        this.folder = folder;
        this.backend = backend;
    }

    /** Starts the backend that suits {@code payload}; no gateway yet. */
    static Gateways open(Stand stand, Profile profile, Payload payload)
            throws IOException, InterruptedException {
        return open(
                stand,
                profile,
                payload == Payload.UPLOAD_1M ? SinkBackend::start : NginxBackend::start);
    }

    /** Starts a backend in a folder, on cores. */
    interface BackendStart {
        Backend start(Path folder, String cores) throws IOException, InterruptedException;
    }

    /** Starts that backend; no gateway yet. */
    static Gateways open(Stand stand, Profile profile, BackendStart backend)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(stand.work(), "stand-");
        return new Gateways(
                stand,
                profile,
                folder,
                backend.start(folder.resolve("backend"), stand.placement().load()));
    }

    Backend backend() {
        return backend;
    }

    /** Starts a gateway without waiting for it. An earlier instance of the contender is stopped. */
    Running start(Contender contender, String cores, int connections) throws IOException {
        return start(contender, cores, connections, CarveSetup.USUAL);
    }

    /** The same, with what only Carve is asked to be. */
    Running start(Contender contender, String cores, int connections, CarveSetup carve)
            throws IOException {
        stop(contender);
        GatewaySpec spec =
                new GatewaySpec(
                        contender.label(),
                        profile,
                        Files.createTempDirectory(folder, contender.label() + "-"),
                        cores,
                        Tools.freePort(),
                        Tools.freePort(),
                        backend.port(),
                        connections,
                        carve);
        Running started = contender.peer().start(spec);
        running.put(contender, started);
        specs.put(contender, spec);
        return started;
    }

    /** What the contender's instance was asked to be. */
    GatewaySpec spec(Contender contender) {
        GatewaySpec found = specs.get(contender);
        if (found == null) {
            throw new IllegalStateException(contender.label() + " was never started");
        }
        return found;
    }

    void stop(Contender contender) {
        Running earlier = running.remove(contender);
        if (earlier != null) {
            earlier.close();
        }
    }

    Running of(Contender contender) {
        Running found = running.get(contender);
        if (found == null) {
            throw new IllegalStateException(contender.label() + " is not running");
        }
        return found;
    }

    /**
     * Waits until it forwards, compares one answer byte for byte, and loads it until it is warm.
     */
    void ready(Contender contender, Load load) throws IOException, InterruptedException {
        Running gateway = of(contender);
        Probe.Answer answer = Probe.untilOk(gateway, load.payload().path()).answer();
        if (answer.body().length() != load.payload().answerBytes()
                || (load.payload() == Payload.JSON && !answer.body().equals(NginxBackend.JSON))) {
            throw new IOException(
                    "%s answered %d bytes for %s (expected the backend's %d)"
                            .formatted(
                                    contender.label(),
                                    answer.body().length(),
                                    load.payload().path(),
                                    load.payload().answerBytes()));
        }
        warm(
                contender,
                load,
                contender.peer().runsOnJvm()
                        ? stand.pace().warmUpJvm()
                        : stand.pace().warmUpNative());
    }

    /** Loads it for a while and forgets the figures. */
    void warm(Contender contender, Load load, Duration warmUp)
            throws IOException, InterruptedException {
        stand.progress()
                .accept("warming " + contender.label() + " for " + warmUp.toSeconds() + " s");
        stand.saturation().run(load.withPort(of(contender).port()).lasting(warmUp));
    }

    /**
     * What one load cost.
     *
     * @param cpuTicks of the gateway, from before the first connection to after the last
     */
    record Cost(Tally tally, long cpuTicks, double othersShare, List<String> faults) {}

    /** Loads one gateway and reads the clocks around it. */
    Cost load(Contender contender, Driver driver, Load load)
            throws IOException, InterruptedException {
        Running gateway = of(contender);
        Optional<Path> log = contender.peer().accessLog(profile, gateway);
        AccessLogs.empty(log);
        List<Long> family = gateway.family();
        long seenBefore = seenWhenQuiet();
        OptionalLong comparedBefore = contender.peer().compared(spec(contender));
        Usage before = Usage.read(stand, this);
        long cpuBefore = stand.proc().cpuTicks(family);
        Tally tally = driver.run(load.withPort(gateway.port()));
        long cpu = stand.proc().cpuTicks(family) - cpuBefore;
        double others = Usage.read(stand, this).othersShareSince(before);
        long seen = seenWhenQuiet() - seenBefore;
        if (!gateway.alive()) {
            throw new IOException(contender.label() + " ended under load:\n" + gateway.tail());
        }
        List<String> faults =
                new ArrayList<>(faults(tally, load, seen, copies(contender), checks(contender)));
        OptionalLong compared = contender.peer().compared(spec(contender));
        if (compared.isPresent()) {
            long pairs = compared.getAsLong() - comparedBefore.orElseThrow();
            if (pairs < COMPARED_MIN * tally.requests()) {
                faults.add("compared %d of %d answers".formatted(pairs, tally.requests()));
            }
        }
        faults.addAll(AccessLogs.faults(log, tally.requests()));
        AccessLogs.empty(log);
        return new Cost(tally, cpu, others, faults);
    }

    /**
     * The backend's count once it stands still: what was under way when a load ended arrives late,
     * and must neither be missing from one window nor count in the next.
     */
    long seenWhenQuiet() throws IOException, InterruptedException {
        long seen = backend.requests();
        int still = 0;
        for (int i = 0; i < SETTLE_TRIES && still < SETTLED; i++) {
            if (!backend.running().aliveAfter(SETTLE)) {
                throw new IOException("the backend ended:\n" + backend.running().tail());
            }
            long later = backend.requests();
            still = later == seen ? still + 1 : 0;
            seen = later;
        }
        return seen;
    }

    /** Every process that is part of the measurement and alive. */
    List<Long> processes() {
        List<Long> pids = new ArrayList<>(backend.family());
        running.values().forEach(gateway -> pids.addAll(gateway.family()));
        return pids;
    }

    /** How many requests beside the client's may come of each. */
    private double copies(Contender contender) {
        return contender.peer().name().equals(CarvePeer.BARE)
                ? 0
                : switch (spec(contender).carve().feature()) {
                    case NONE, CARVE_OFF, RETRY_BUDGET, STALLED_BESIDE -> 0;
                    // Hedges.
                    case PROTECTION -> 0.01;
                    // Copies to the new side, twins to the old one, the default share of them.
                    case MIRROR, MIRROR_HANGING -> 1.2;
                    // Twins follow copies.
                    case MIRROR_DEAD -> 0.2;
                };
    }

    /** How many requests of nobody may come within a window: every gateway that is up checks. */
    private int checks(Contender contender) {
        return spec(contender).carve().feature() == CarveSetup.Feature.PROTECTION ? CHECKS_MAX : 0;
    }

    static List<String> faults(
            Tally tally, Load load, long seenByBackend, double copies, int checks) {
        List<String> faults = new ArrayList<>();
        if (tally.requests() == 0) {
            faults.add("no request was answered");
        }
        if (tally.errors() > 0) {
            faults.add(tally.errors() + " broken or timed out connections");
        }
        if (tally.badStatuses() > 0) {
            faults.add(tally.badStatuses() + " answers with a status from 400");
        }
        if (tally.bytes() < tally.requests() * load.payload().answerBytes()) {
            faults.add(
                    "%d bytes in %d answers (expected at least %d each)"
                            .formatted(
                                    tally.bytes(), tally.requests(), load.payload().answerBytes()));
        }
        // What was under way when the load ended has been seen but not completed.
        long unanswered = seenByBackend - tally.requests();
        double most = (1 + copies) * load.connections() + copies * tally.requests() + checks;
        if (unanswered < 0 || unanswered > most) {
            faults.add(
                    "backend saw %d requests, client completed %d (expected at most %.0f between)"
                            .formatted(seenByBackend, tally.requests(), most));
        }
        return faults;
    }

    @Override
    public void close() {
        running.values().forEach(Running::close);
        running.clear();
        backend.close();
    }
}
