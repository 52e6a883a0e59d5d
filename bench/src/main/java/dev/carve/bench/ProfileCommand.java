package dev.carve.bench;

import dev.carve.bench.drive.Load;
import dev.carve.bench.drive.Payload;
import dev.carve.bench.drive.WrkDriver;
import dev.carve.bench.peer.CarvePeer;
import dev.carve.bench.peer.JvmTool;
import dev.carve.bench.peer.Profile;
import dev.carve.bench.peer.Tools;
import dev.carve.bench.proc.CpuTime;
import dev.carve.bench.proc.Proc;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code ./dev bench profile}: Carve alone at saturation under JFR, and where its time and its
 * allocations went. The recording is kept, for JDK Mission Control.
 */
final class ProfileCommand {

    private static final int FAILED = 1;
    private static final int WRONG_USE = 2;

    private final CarvePeer carve;
    private final Profile profile;
    private final Duration duration;
    private final Path out;
    private final PrintStream said;

    private ProfileCommand(
            CarvePeer carve, Profile profile, Duration duration, Path out, PrintStream said) {
        this.carve = carve;
        this.profile = profile;
        this.duration = duration;
        this.out = out;
        this.said = said;
    }

    static int run(List<String> args, PrintStream said) throws IOException, InterruptedException {
        Path root = Options.root(System.getenv("CARVE_LAUNCHER")).toAbsolutePath();
        Path out = root.resolve("target").resolve("bench");
        int seconds = 10;
        Profile profile = Profile.EQUAL_WORK;
        try {
            for (int i = 0; i < args.size(); i++) {
                switch (args.get(i)) {
                    case "--seconds" -> seconds = Options.count(args, ++i);
                    case "--logs" -> profile = Profile.LOGS;
                    case "--out" -> out = Path.of(Options.value(args, ++i));
                    default ->
                            throw new IllegalArgumentException(
                                    "profile: \""
                                            + args.get(i)
                                            + "\" (expected --seconds, --logs or --out)");
                }
            }
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.err.print(Options.USAGE);
            return WRONG_USE;
        }
        CarvePeer carve = new CarvePeer(root);
        Optional<String> missing = carve.missing();
        for (String tool : List.of("taskset", "wrk", "nginx")) {
            if (missing.isEmpty() && Tools.find(tool).isEmpty()) {
                missing = Optional.of(tool + " is not installed (looked on PATH)");
            }
        }
        if (missing.isPresent()) {
            System.err.println("bench: " + missing.get());
            return FAILED;
        }
        BenchMain.stopChildrenAtExit();
        new ProfileCommand(carve, profile, Duration.ofSeconds(seconds), out, said).profile();
        return 0;
    }

    private void profile() throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("carve-profile-");
        try {
            Placement placement = Placement.TWO_CORES;
            Stand stand =
                    new Stand(
                            work,
                            placement,
                            Pace.FULL,
                            new Proc(),
                            new WrkDriver(work, placement.load()),
                            line -> said.println("  " + line));
            Load load = new Load(0, Payload.JSON, Saturation.CONNECTIONS, duration, 0);
            try (Gateways gateways = Gateways.open(stand, profile, Payload.JSON)) {
                profile(stand, gateways, load, work.resolve("profile.jfr"));
            }
        } finally {
            BenchMain.delete(work);
        }
    }

    private void profile(Stand stand, Gateways gateways, Load load, Path recording)
            throws IOException, InterruptedException {
        Contender contender = new Contender(carve, 1);
        gateways.start(contender, stand.placement().gateway(), 1024);
        gateways.ready(contender, load);
        long pid = gateways.of(contender).pid();
        Gateways.Cost plain = gateways.load(contender, stand.saturation(), load);
        JvmTool.ask(
                pid,
                "JFR.start",
                "name=bench",
                "settings=profile",
                "jdk.CPUTimeSample#enabled=true",
                "jdk.CPUTimeSample#throttle=10ms",
                "jdk.ExecutionSample#enabled=false",
                "jdk.NativeMethodSample#enabled=false",
                "jdk.ObjectAllocationSample#throttle=1000/s");
        Gateways.Cost recorded = gateways.load(contender, stand.saturation(), load);
        JvmTool.ask(pid, "JFR.stop", "name=bench", "filename=" + recording);
        String report =
                told("without JFR", plain)
                        + told("with JFR", recorded)
                        + Recording.read(recording).report(recorded.tally().requests());
        said.print(report);
        Files.createDirectories(out);
        Files.writeString(out.resolve("profile.txt"), report);
        Files.copy(recording, out.resolve("profile.jfr"), StandardCopyOption.REPLACE_EXISTING);
        said.println("written to " + out.resolve("profile.txt") + " and profile.jfr beside it");
    }

    private static String told(String when, Gateways.Cost cost) {
        return "%s: %s req/s, %s µs of CPU each; others used %s of the machine%s%n"
                .formatted(
                        when,
                        Numbers.plain(cost.tally().requestsPerSecond()),
                        Numbers.plain(CpuTime.micros(cost.cpuTicks()) / cost.tally().requests()),
                        Numbers.percent(cost.othersShare()),
                        cost.faults().isEmpty() ? "" : "; " + cost.faults());
    }
}
