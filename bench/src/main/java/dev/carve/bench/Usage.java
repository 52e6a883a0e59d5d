package dev.carve.bench;

import dev.carve.bench.proc.MachineTicks;
import java.io.IOException;

/**
 * The machine's time and how much of it was ours, at one instant.
 *
 * @param ours ticks of the harness, its ended load generators, the backend and all gateways
 */
record Usage(MachineTicks machine, long ours) {

    static Usage read(Stand stand, Gateways gateways) throws IOException {
        return new Usage(
                stand.proc().machine(),
                stand.proc().ownTicks() + stand.proc().cpuTicks(gateways.processes()));
    }

    double othersShareSince(Usage start) {
        return machine.since(start.machine).othersShare(ours - start.ours);
    }
}
