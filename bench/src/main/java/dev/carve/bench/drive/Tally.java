package dev.carve.bench.drive;

/**
 * What the driver saw.
 *
 * @param requests that got a whole answer
 * @param bytes read, heads included
 * @param errors connections refused, broken or timed out
 * @param badStatuses answers from 400
 * @param lateMicros p99 of how late the driver itself turned to a request; 0 in a closed loop
 */
public record Tally(
        long requests,
        long bytes,
        double seconds,
        long errors,
        long badStatuses,
        double p50Micros,
        double p99Micros,
        double lateMicros) {

    public double requestsPerSecond() {
        return requests / seconds;
    }
}
