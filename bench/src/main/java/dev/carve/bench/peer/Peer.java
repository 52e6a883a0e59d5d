package dev.carve.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** A gateway that can be measured. Knows how to start itself, not how it is loaded. */
public interface Peer {

    String name();

    /** Why it cannot run here, in words for the report; empty when it can. */
    Optional<String> missing();

    /** The program's own words about its version, one line. */
    String version() throws IOException, InterruptedException;

    /**
     * Whether it needs a long warm-up before its figures are its own, and can be made to collect.
     */
    boolean runsOnJvm();

    /** Starts it; returns before it is ready. */
    Running start(GatewaySpec spec) throws IOException;

    /**
     * How many pairs of answers it has compared; empty when it was not asked to, or compares none.
     */
    default OptionalLong compared(GatewaySpec spec) throws IOException {
        return OptionalLong.empty();
    }

    /** Where the access log of an instance is; empty when {@code profile} has it off. */
    default Optional<Path> accessLog(Profile profile, Running running) {
        return profile.othersLog() ? Optional.of(running.output()) : Optional.empty();
    }
}
