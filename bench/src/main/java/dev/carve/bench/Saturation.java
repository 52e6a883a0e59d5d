package dev.carve.bench;

import dev.carve.bench.drive.Load;
import dev.carve.bench.drive.Payload;
import dev.carve.bench.drive.Tally;
import dev.carve.bench.peer.CarveSetup;
import dev.carve.bench.peer.CarveSetup.Feature;
import dev.carve.bench.peer.Profile;
import dev.carve.bench.proc.CpuTime;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * As many requests as a closed loop of 64 kept-alive connections gets answered, the gateway alone
 * on its core. All gateways live through all rounds; one is loaded at a time.
 */
record Saturation(Profile profile, Payload payload, Feature feature) implements Scenario {

    static final int CONNECTIONS = 64;

    /** Bytes of bodies whose copying is not what counts. */
    private static final int SMALL = 4096;

    private static final double MIB = 1024 * 1024;

    /** Of routes that only forward. */
    Saturation(Profile profile, Payload payload) {
        this(profile, payload, Feature.NONE);
    }

    @Override
    public String name() {
        return "saturation, "
                + words(profile.name())
                + ", "
                + words(payload.name())
                + (feature == Feature.NONE ? "" : ", " + words(feature.name()));
    }

    @Override
    public Optional<String> missing(Stand stand) {
        return stand.saturation().missing();
    }

    /** Bodies of some size are copied: everything beside the main row is there for its ratio. */
    @Override
    public Roster roster() {
        if (feature != Feature.NONE) {
            return Roster.BARE;
        }
        return payload == Payload.JSON ? Roster.EVERYBODY : Roster.PAIRS;
    }

    @Override
    public Pace pace(Pace usual) {
        return payload.movedBytes() <= SMALL ? usual : usual.brief();
    }

    @Override
    public Trial open(Stand stand, List<Contender> contenders)
            throws IOException, InterruptedException {
        Gateways gateways = Gateways.open(stand, profile, payload);
        Load load = new Load(0, payload, CONNECTIONS, stand.pace().window(), 0);
        try {
            for (Contender contender : contenders) {
                gateways.start(
                        contender,
                        stand.placement().gateway(),
                        1024,
                        CarveSetup.USUAL.with(feature));
                gateways.ready(contender, load);
            }
        } catch (IOException | InterruptedException e) {
            gateways.close();
            throw e;
        }
        return new SaturationTrial(stand, profile, gateways, load);
    }

    private static String words(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private record SaturationTrial(Stand stand, Profile profile, Gateways gateways, Load load)
            implements Trial {

        @Override
        public Window measure(Contender contender) throws IOException, InterruptedException {
            Gateways.Cost cost = gateways.load(contender, stand.saturation(), load);
            List<Long> family = gateways.of(contender).family();
            Map<Metric, Double> values = new EnumMap<>(Metric.class);
            Tally tally = cost.tally();
            if (tally.requests() > 0) {
                double micros = CpuTime.micros(cost.cpuTicks());
                values.put(Metric.CPU_PER_REQUEST, micros / tally.requests());
                values.put(
                        Metric.CPU_PER_MEBIBYTE,
                        micros / (tally.requests() * load.payload().movedBytes() / MIB));
                values.put(Metric.RATE, tally.requestsPerSecond());
                values.put(Metric.CORE_USED, micros / tally.seconds() / 1e4);
            }
            values.put(Metric.MEMORY, stand.proc().pssBytes(family) / MIB);
            values.put(Metric.RESIDENT_PEAK, stand.proc().peakResidentBytes(family) / MIB);
            return new Window(values, cost.othersShare(), cost.faults());
        }

        @Override
        public List<String> remarks() {
            return profile == Profile.EQUAL_WORK
                    ? List.of()
                    : List.of(
                            "logs to files: Carve JSON lines on stdout, HAProxy httplog on stdout,"
                                    + " nginx combined, one write a line"
                                    + (profile == Profile.DEFAULTS ? "; here Carve's only" : ""));
        }

        @Override
        public void close() {
            gateways.close();
        }
    }
}
