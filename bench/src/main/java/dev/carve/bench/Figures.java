package dev.carve.bench;

import dev.carve.bench.drive.Payload;
import dev.carve.bench.peer.CarvePeer;
import dev.carve.bench.peer.CarveSetup.Feature;
import dev.carve.bench.peer.Profile;
import java.util.List;

/**
 * What Carve promises, as data. Unless a text says otherwise: gateway on one core, load and backend
 * on another, 64 kept-alive connections, an answer of 150 bytes.
 */
final class Figures {

    private static final Scenario EQUAL_WORK = new Saturation(Profile.EQUAL_WORK, Payload.JSON);

    private static final Scenario HALF = new OpenLoop("haproxy", 0.5, Payload.JSON, Feature.NONE);

    private static final Scenario SAME = quarter(Payload.SAME, Feature.MIRROR);

    private static final Scenario SHUFFLED = quarter(Payload.SHUFFLED, Feature.MIRROR);

    private static final Scenario DEAD = quarter(Payload.SAME, Feature.MIRROR_DEAD);

    private static final Scenario HANGING = quarter(Payload.HANGING, Feature.MIRROR_HANGING);

    private static final Scenario FIRST = new FirstSeconds();

    private static final Scenario STEADY = new JvmUnderLoad(0, 0);

    /** With what 10,000 routes need, 64 MiB are alive. */
    private static final int BALLAST_MIB = 20;

    /** The sets that the command line knows, in the order in which they run. */
    static final List<String> SETS = List.of("spine", "main");

    private static final List<String> MAIN =
            List.of(
                    "equal-work",
                    "rate",
                    "memory",
                    "resident",
                    "logs",
                    "default",
                    "latency-p50",
                    "latency-p99");

    /** The main figures first, so that a run that is ended early has them. */
    static final List<Figure> ALL =
            List.of(
                    new Figure(
                            "equal-work",
                            "(a) headers, id, time-outs, no logs: CPU per request",
                            EQUAL_WORK,
                            Metric.CPU_PER_REQUEST,
                            new Bar.AtMostTimes(0.95)),
                    new Figure(
                            "rate",
                            "requests a second at saturation, as (a)",
                            EQUAL_WORK,
                            Metric.RATE,
                            new Bar.AtLeastTimes(1.0)),
                    new Figure(
                            "memory",
                            "memory (PSS) under the load of (a)",
                            EQUAL_WORK,
                            Metric.MEMORY,
                            new Bar.AtMost(160)),
                    new Figure(
                            "resident",
                            "peak resident memory under the load of (a)",
                            EQUAL_WORK,
                            Metric.RESIDENT_PEAK,
                            new Bar.Reported()),
                    new Figure(
                            "logs",
                            "(b) logs on for all, to a file: CPU per request",
                            new Saturation(Profile.LOGS, Payload.JSON),
                            Metric.CPU_PER_REQUEST,
                            new Bar.AtMostTimes(1.0)),
                    new Figure(
                            "default",
                            "(c) Carve as by default, others without log: CPU per request",
                            new Saturation(Profile.DEFAULTS, Payload.JSON),
                            Metric.CPU_PER_REQUEST,
                            new Bar.Reported()),
                    new Figure(
                            "latency-p50",
                            "open loop at half of HAProxy's saturation: p50",
                            HALF,
                            Metric.P50,
                            new Bar.AtMostTimes(1.05)),
                    new Figure(
                            "latency-p99",
                            "open loop at half of HAProxy's saturation: p99",
                            HALF,
                            Metric.P99,
                            new Bar.AtMostTimes(1.25)),
                    new Figure(
                            "start",
                            "start to the first forwarded 200, 2 cores",
                            new StartUp(true),
                            Metric.START,
                            new Bar.AtMost(450)),
                    new Figure(
                            "start-uncached",
                            "the same without AOT cache",
                            new StartUp(false),
                            Metric.START,
                            new Bar.Reported()),
                    new Figure(
                            "first-second",
                            "first second after start: requests a second",
                            FIRST,
                            Metric.FIRST_SECOND,
                            new Bar.AtLeastTimes(0.25)),
                    new Figure(
                            "fifth-second",
                            "fifth second after start: requests a second",
                            FIRST,
                            Metric.FIFTH_SECOND,
                            new Bar.AtLeastTimes(0.7)),
                    new Figure(
                            "allocation",
                            "allocation per forwarded request",
                            STEADY,
                            Metric.ALLOCATION,
                            new Bar.AtMost(1024)),
                    new Figure(
                            "gc-pause-steady",
                            "longest GC pause under load, nothing else alive, no reload",
                            STEADY,
                            Metric.GC_PAUSE,
                            new Bar.Reported()),
                    new Figure(
                            "gc-pause",
                            "longest GC pause under load, 64 MiB live, a reload of 10,000 routes included",
                            new JvmUnderLoad(10_000, BALLAST_MIB),
                            Metric.GC_PAUSE,
                            new Bar.AtMost(5)),
                    new Figure(
                            "idle",
                            "an idle client connection, 10,000 open",
                            new IdleConnections(false),
                            Metric.IDLE_CONNECTION,
                            new Bar.AtMost(4.5)),
                    new Figure(
                            "idle-uring",
                            "the same with io_uring",
                            new IdleConnections(true),
                            Metric.IDLE_CONNECTION,
                            new Bar.AtMost(2.5)),
                    new Figure(
                            "routing-10",
                            "routing, uniformly random paths, 10 routes (JMH)",
                            new Micro("RoutingBenchmark.route", "routes", "10"),
                            Metric.STEP,
                            new Bar.AtMost(250)),
                    new Figure(
                            "routing-10k",
                            "routing, uniformly random paths, 10,000 routes (JMH)",
                            new Micro("RoutingBenchmark.route", "routes", "10000"),
                            Metric.STEP,
                            new Bar.AtMost(800)),
                    new Figure(
                            "snapshot",
                            "a snapshot of 10,000 routes, heap after GC",
                            new SnapshotSize(10_000),
                            Metric.MEMORY,
                            new Bar.AtMost(50)),
                    new Figure(
                            "answer-10k",
                            "10 KiB answers: CPU per MiB",
                            new Saturation(Profile.EQUAL_WORK, Payload.ANSWER_10K),
                            Metric.CPU_PER_MEBIBYTE,
                            new Bar.AtMostTimes(1.1)),
                    new Figure(
                            "answer-1m",
                            "1 MiB answers: CPU per MiB",
                            new Saturation(Profile.EQUAL_WORK, Payload.ANSWER_1M),
                            Metric.CPU_PER_MEBIBYTE,
                            new Bar.AtMostTimes(1.1)),
                    new Figure(
                            "upload-1m",
                            "1 MiB uploads: CPU per MiB",
                            new Saturation(Profile.EQUAL_WORK, Payload.UPLOAD_1M),
                            Metric.CPU_PER_MEBIBYTE,
                            new Bar.AtMostTimes(1.1)),
                    new Figure(
                            "protection",
                            "all that protects a service on the route: CPU per request",
                            new Saturation(Profile.EQUAL_WORK, Payload.JSON, Feature.PROTECTION),
                            Metric.CPU_PER_REQUEST,
                            new Bar.AtMostTimes(1.05)),
                    new Figure(
                            "retry-load",
                            "total outage, retry budget of 2 %, 3 attempts: load added upstream",
                            new RetryLoad(),
                            Metric.ADDED_LOAD,
                            new Bar.AtMost(2)),
                    new Figure(
                            "stalled-beside",
                            "another service stalls under ten times the clients: p99 of this one",
                            new StalledBeside(),
                            Metric.P99,
                            new Bar.AtMostTimes(1.0)),
                    pick("pick-turn", "by weighted turn", "WEIGHTED_ROUND_ROBIN"),
                    pick("pick-least", "by weighted load", "WEIGHTED_LEAST_REQUESTS"),
                    pick("pick-hash", "by hash", "HASH"),
                    pick("pick-sticky", "by cookie", "STICKY"),
                    new Figure(
                            "carve-off",
                            "a carve that does nothing on the route: CPU per request",
                            new Saturation(Profile.EQUAL_WORK, Payload.JSON, Feature.CARVE_OFF),
                            Metric.CPU_PER_REQUEST,
                            new Bar.AtMostTimes(1.02)),
                    mirrored("mirror-same", "identical", SAME, Metric.CPU_PER_REQUEST, 1.7),
                    mirrored("mirror-shuffled", "shuffled", SHUFFLED, Metric.CPU_PER_REQUEST, 3.5),
                    mirrored("mirror-p50", "shuffled", SHUFFLED, Metric.P50, 1.05),
                    mirrored("mirror-p99", "shuffled", SHUFFLED, Metric.P99, 1.25),
                    mirrored("dead-p50", "new side refuses", DEAD, Metric.P50, 1.0),
                    mirrored("dead-p99", "new side refuses", DEAD, Metric.P99, 1.0),
                    mirrored("hanging-p50", "new side hangs", HANGING, Metric.P50, 1.0),
                    mirrored("hanging-p99", "new side hangs", HANGING, Metric.P99, 1.0),
                    saturated("mirror-same-full", "identical", Payload.SAME),
                    saturated("mirror-shuffled-full", "shuffled", Payload.SHUFFLED),
                    comparing("compare-same", "identical bytes", "identical", 2000),
                    comparing("compare-shuffled", "keys shuffled, 3 rules", "shuffled", 100));

    private static Scenario quarter(Payload payload, Feature feature) {
        return new OpenLoop(CarvePeer.BARE, 0.25, payload, feature);
    }

    /** Where the peers sleep, each request more also pays for waking them. */
    private static Figure saturated(String id, String how, Payload payload) {
        return new Figure(
                id,
                "all mirrored (%s) at saturation of each: CPU per request".formatted(how),
                new Saturation(Profile.EQUAL_WORK, payload, Feature.MIRROR),
                Metric.CPU_PER_REQUEST,
                new Bar.Reported());
    }

    private static Figure comparing(String id, String how, String benchmark, double atLeast) {
        return new Figure(
                id,
                "comparing answers of 2 KiB JSON, " + how + ": bytes of both (JMH)",
                new Micro("CompareBenchmark." + benchmark, "size", "2048", "compared"),
                Metric.BANDWIDTH,
                new Bar.AtLeast(atLeast));
    }

    private static Figure mirrored(
            String id, String how, Scenario at, Metric metric, double times) {
        return new Figure(
                id,
                "all mirrored (%s) at 25 %% of plain saturation: %s"
                        .formatted(
                                how,
                                metric == Metric.CPU_PER_REQUEST
                                        ? "CPU per request"
                                        : "client " + metric),
                at,
                metric,
                new Bar.AtMostTimes(times));
    }

    private static Figure pick(String id, String how, String way) {
        return new Figure(
                id,
                "picking one of 1,000 instances " + how + " (JMH)",
                new Micro("PickBenchmark.pick", "way", way),
                Metric.STEP,
                new Bar.AtMost(100));
    }

    private Figures() {}

    /** The ids of a set, {@code spine} being all. */
    static List<String> set(String name) {
        return switch (name) {
            case "spine" -> ALL.stream().map(Figure::id).toList();
            case "main" -> MAIN;
            default ->
                    throw new IllegalArgumentException(
                            "--set: \"%s\" (expected one of %s)"
                                    .formatted(name, String.join(", ", SETS)));
        };
    }
}
