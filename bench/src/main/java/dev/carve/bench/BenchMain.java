package dev.carve.bench;

import dev.carve.bench.drive.WrkDriver;
import dev.carve.bench.guard.GuardCommand;
import dev.carve.bench.peer.CarvePeer;
import dev.carve.bench.peer.HaproxyPeer;
import dev.carve.bench.peer.NginxPeer;
import dev.carve.bench.peer.Peer;
import dev.carve.bench.peer.Tools;
import dev.carve.bench.proc.Proc;
import dev.carve.bench.rollback.RollbackCommand;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * {@code ./dev bench}: runs the figures asked for, prints them, and leaves them as Markdown and
 * JSON.
 */
public final class BenchMain {

    private static final String REFERENCE = "haproxy";
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int WRONG_USE = 2;

    private final Options options;
    private final PrintStream out;

    BenchMain(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length > 0 && args[0].equals("micro")) {
            org.openjdk.jmh.Main.main(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        if (args.length > 0 && args[0].equals("profile")) {
            System.exit(ProfileCommand.run(List.of(args).subList(1, args.length), System.out));
            return;
        }
        if (args.length > 0 && args[0].equals("guard")) {
            System.exit(GuardCommand.run(List.of(args).subList(1, args.length), System.out));
            return;
        }
        if (args.length > 0 && args[0].equals("rollback")) {
            System.exit(rollback(List.of(args).subList(1, args.length)));
            return;
        }
        Options options;
        try {
            options = Options.parse(List.of(args));
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.err.print(Options.USAGE);
            System.exit(WRONG_USE);
            return;
        }
        List<Result> results = new BenchMain(options, System.out).run();
        boolean missed = results.stream().anyMatch(one -> one.verdict() == Verdict.MISSED);
        System.exit(missed ? FAILED : DONE);
    }

    private static int rollback(List<String> args) throws IOException, InterruptedException {
        stopChildrenAtExit();
        Path root = Options.root(System.getenv("CARVE_LAUNCHER")).toAbsolutePath();
        Path work = Files.createTempDirectory("carve-bench-");
        try {
            return RollbackCommand.run(args, root, work, System.out);
        } finally {
            delete(work);
        }
    }

    List<Result> run() throws IOException, InterruptedException {
        if (options.list()) {
            options.figures().forEach(one -> out.printf("%-14s %s%n", one.id(), one.text()));
            return List.of();
        }
        stopChildrenAtExit();
        Path work = Files.createTempDirectory("carve-bench-");
        try {
            return run(work);
        } finally {
            delete(work);
        }
    }

    /** Ended from outside, the harness takes with it what it started. */
    static void stopChildrenAtExit() {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() ->
                                ProcessHandle.current()
                                        .descendants()
                                        .forEach(ProcessHandle::destroy)));
    }

    private List<Result> run(Path work) throws IOException, InterruptedException {
        Placement placement = Placement.TWO_CORES;
        Stand stand =
                new Stand(
                        work,
                        placement,
                        options.pace(),
                        new Proc(),
                        new WrkDriver(work, placement.load()),
                        line -> out.println("  " + line));
        List<Peer> peers =
                List.of(
                        new CarvePeer(options.root().toAbsolutePath()),
                        CarvePeer.bare(options.root().toAbsolutePath()),
                        new HaproxyPeer(),
                        new NginxPeer());
        Field field = field(peers);
        Report report = new Report(Surroundings.read(peers), options, field);
        out.print(report.opening());
        Map<Figure, Result> results = new LinkedHashMap<>();
        options.figures().forEach(one -> results.put(one, Result.notRun(one, "not reached")));
        Map<Scenario, List<Figure>> scenarios = byScenario();
        long start = System.nanoTime();
        int number = 0;
        for (Map.Entry<Scenario, List<Figure>> entry : scenarios.entrySet()) {
            out.printf(
                    "[%d of %d, after %d s] %s%n",
                    ++number,
                    scenarios.size(),
                    (System.nanoTime() - start) / 1_000_000_000L,
                    entry.getKey().name());
            for (Result one : results(stand, field, entry.getKey(), entry.getValue())) {
                out.print(report.row(one));
                results.put(one.figure(), one);
            }
            // After each, so that a run that is ended early keeps what it has measured.
            report.write(options.out(), List.copyOf(results.values()));
        }
        return closed(report, List.copyOf(results.values()));
    }

    private List<Result> closed(Report report, List<Result> results) {
        out.print(report.closing(results));
        return results;
    }

    private Map<Scenario, List<Figure>> byScenario() {
        Map<Scenario, List<Figure>> grouped = new LinkedHashMap<>();
        for (Figure figure : options.figures()) {
            grouped.computeIfAbsent(figure.scenario(), _ -> new ArrayList<>()).add(figure);
        }
        return grouped;
    }

    private List<Result> results(Stand stand, Field field, Scenario scenario, List<Figure> figures)
            throws InterruptedException {
        Optional<String> missing = missing(stand, scenario);
        if (missing.isPresent()) {
            return figures.stream().map(one -> Result.notRun(one, missing.get())).toList();
        }
        Stand paced = stand.withPace(scenario.pace(stand.pace()));
        Field part = field.of(scenario.roster());
        try (Scenario.Trial trial = scenario.open(paced, part.contenders())) {
            Rounds rounds = Rounds.run(trial, part.contenders(), paced.pace(), stand.progress());
            return figures.stream()
                    .map(one -> Result.of(one, rounds, part, trial.remarks()))
                    .toList();
        } catch (IOException e) {
            // One scenario that fails takes only its own rows with it; the reason stands in them.
            return figures.stream()
                    .map(one -> Result.notRun(one, String.valueOf(e.getMessage())))
                    .toList();
        }
    }

    private static Optional<String> missing(Stand stand, Scenario scenario) {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            return Optional.of("this machine has one core (expected two: gateway and load)");
        }
        return Tools.find("taskset").isEmpty()
                ? Optional.of("taskset is not installed (looked on PATH)")
                : scenario.missing(stand);
    }

    /** The peers that are here; the subject and the reference each with an identical twin. */
    private Field field(List<Peer> peers) {
        if (peers.stream().noneMatch(one -> one.name().equals(options.subject()))) {
            throw new IllegalArgumentException(
                    "--subject: \"" + options.subject() + "\" (expected carve, nginx or haproxy)");
        }
        List<Contender> contenders = new ArrayList<>();
        List<String> absences = new ArrayList<>();
        for (Peer peer : peers) {
            Optional<String> missing = peer.missing();
            if (missing.isPresent()) {
                absences.add(peer.name() + " took no part: " + missing.get());
                continue;
            }
            contenders.add(new Contender(peer, 1));
            if (peer.name().equals(options.subject())
                    || peer.name().equals(REFERENCE)
                    || peer.name().equals(CarvePeer.BARE)) {
                contenders.add(new Contender(peer, 2));
            }
        }
        return new Field(
                options.subject(), REFERENCE, List.copyOf(contenders), List.copyOf(absences));
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
