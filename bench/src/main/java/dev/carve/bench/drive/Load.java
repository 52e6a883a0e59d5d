package dev.carve.bench.drive;

import java.time.Duration;

/**
 * A load.
 *
 * @param payload what is asked for, or sent
 * @param connections kept alive throughout
 * @param duration in whole seconds, which is all that wrk knows
 * @param ratePerSecond zero: as fast as answers come (closed loop)
 */
public record Load(
        int port, Payload payload, int connections, Duration duration, double ratePerSecond) {

    public Load withPort(int other) {
        return new Load(other, payload, connections, duration, ratePerSecond);
    }

    public Load lasting(Duration other) {
        return new Load(port, payload, connections, other, ratePerSecond);
    }
}
