package dev.carve.bench.rollback;

import dev.carve.bench.peer.CarvePeer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code ./dev bench rollback}: seconds and requests from the break of a new side to its roll-back,
 * through a gateway on sockets. The rounds of one trouble run beside each other, each on a route of
 * its own, at first for a while with nothing wrong.
 */
public final class RollbackCommand {

    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int WRONG_USE = 2;
    private static final int MOST = 100;
    private static final long SECOND = 1_000_000_000;
    private static final long LOOK_NANOS = 20_000_000;

    /** So many times the time allowed is waited for a roll-back. */
    private static final int PATIENCE = 4;

    private final CarvePeer carve;
    private final Path work;
    private final PrintStream out;
    private final int rounds;
    private final int healthySeconds;

    private RollbackCommand(
            CarvePeer carve, Path work, PrintStream out, int rounds, int healthySeconds) {
        this.carve = carve;
        this.work = work;
        this.out = out;
        this.rounds = rounds;
        this.healthySeconds = healthySeconds;
    }

    /**
     * Runs it.
     *
     * @param root the project's folder, below which Carve is built
     * @param work an empty folder
     * @return 0 if every bar is met, 1 if one is not, 2 for wrong use
     */
    public static int run(List<String> args, Path root, Path work, PrintStream out)
            throws IOException, InterruptedException {
        int rounds = 7;
        int healthy = 60;
        try {
            for (int i = 0; i < args.size(); i += 2) {
                String value = i + 1 < args.size() ? args.get(i + 1) : "";
                switch (args.get(i)) {
                    case "--rounds" -> rounds = number(args.get(i), value);
                    case "--healthy" -> healthy = number(args.get(i), value);
                    default ->
                            throw new IllegalArgumentException(
                                    "\"" + args.get(i) + "\" (expected --rounds or --healthy)");
                }
            }
        } catch (IllegalArgumentException e) {
            out.println("bench: rollback: " + e.getMessage());
            return WRONG_USE;
        }
        CarvePeer carve = new CarvePeer(root);
        Optional<String> missing = carve.missing();
        if (missing.isPresent()) {
            out.println("bench: " + missing.get());
            return FAILED;
        }
        return new RollbackCommand(carve, work, out, rounds, healthy).run() ? DONE : FAILED;
    }

    private static int number(String option, String value) {
        if (!value.matches("[0-9]{1,3}") || value.equals("0") || Integer.parseInt(value) > MOST) {
            throw new IllegalArgumentException(
                    option + ": \"" + value + "\" (expected a number from 1 to " + MOST + ")");
        }
        return Integer.parseInt(value);
    }

    private boolean run() throws IOException, InterruptedException {
        out.printf(
                "%d rounds of each at once, half of the users at the new side, lognormal times and"
                        + " 1 %% errors at both (none beside mismatches); broken after %d s%n",
                rounds, healthySeconds);
        boolean met = true;
        for (Trouble trouble : Trouble.values()) {
            Row row = new Row(trouble, rounds(trouble));
            out.println(row.text());
            met &= row.isMet();
        }
        return met;
    }

    private List<Round> rounds(Trouble trouble) throws IOException, InterruptedException {
        Path folder = Files.createDirectory(work.resolve(trouble.name()));
        List<Lane> lanes = new ArrayList<>();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            StringBuilder services = new StringBuilder("services:\n");
            StringBuilder routes = new StringBuilder("routes:\n");
            for (int i = 0; i < rounds; i++) {
                Lane lane = new Lane("r" + i, trouble, client);
                lanes.add(lane);
                services.append(lane.services());
                routes.append(lane.routes());
            }
            try (CarvingGateway gateway =
                    CarvingGateway.start(carve, folder, services.append(routes).toString())) {
                return rounds(trouble, gateway, lanes);
            } finally {
                lanes.forEach(Lane::close);
            }
        }
    }

    private List<Round> rounds(Trouble trouble, CarvingGateway gateway, List<Lane> lanes)
            throws IOException, InterruptedException {
        for (Lane lane : lanes) {
            gateway.command("route_approve", lane.route());
            lane.findUsers(gateway.port());
        }
        lanes.forEach(lane -> lane.start(gateway.port()));
        long healthyUntil = System.nanoTime() + healthySeconds * SECOND;
        for (long left = 1; left > 0; left = healthyUntil - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        String metrics = gateway.metrics();
        List<Watch> watches = new ArrayList<>();
        for (Lane lane : lanes) {
            watches.add(new Watch(trouble, lane, metrics));
        }
        long broken = System.nanoTime();
        lanes.forEach(lane -> lane.breakNow());
        long patience = SECOND * PATIENCE * trouble.seconds();
        while (watches.stream().anyMatch(Watch::isOpen) && System.nanoTime() - broken < patience) {
            LockSupport.parkNanos(LOOK_NANOS);
            String now = gateway.metrics();
            double seconds = (System.nanoTime() - broken) / (double) SECOND;
            watches.forEach(watch -> watch.look(now, seconds));
        }
        return watches.stream().map(Watch::round).toList();
    }

    /** Looks whether one lane was taken back. */
    private static final class Watch {
        private final Trouble trouble;
        private final Lane lane;
        private final long requestsBefore;
        private final long failedBefore;
        private Round round;
        private boolean open;

        Watch(Trouble trouble, Lane lane, String metrics) {
            this.trouble = trouble;
            this.lane = lane;
            requestsBefore = requests(metrics);
            failedBefore = lane.failed();
            open = !isBack(metrics);
            round = new Round(open ? Round.Ending.MISSED : Round.Ending.BEFORE, 0, 0, 0);
        }

        private boolean isBack(String metrics) {
            return metrics.contains(
                    "carve_stage{route=\"" + lane.route() + "\",stage=\"rolled_back\"} 1");
        }

        private long requests(String metrics) {
            if (trouble != Trouble.MISMATCHES) {
                return lane.sent();
            }
            Matcher compared =
                    Pattern.compile(
                                    "^carve_compared_total\\{route=\""
                                            + lane.route()
                                            + "\",.*\\} ([0-9]+)",
                                    Pattern.MULTILINE)
                            .matcher(metrics);
            return compared.results().mapToLong(each -> Long.parseLong(each.group(1))).sum();
        }

        void look(String metrics, double seconds) {
            if (open && isBack(metrics)) {
                open = false;
                round =
                        new Round(
                                Round.Ending.ROLLED_BACK,
                                seconds,
                                requests(metrics) - requestsBefore,
                                lane.failed() - failedBefore);
            }
        }

        boolean isOpen() {
            return open;
        }

        Round round() {
            return round;
        }
    }
}
