package dev.carve.bench.proc;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The first line of {@code /proc/stat}: where the time of all processors went.
 *
 * @param busy everything but idle, waiting for disks and steal; guest time is inside user time
 * @param steal what the hypervisor gave to others while this machine wanted to run
 * @param total all of it
 */
public record MachineTicks(long busy, long steal, long total) {

    private static final Pattern BLANKS = Pattern.compile(" +");

    static MachineTicks parse(String stat) {
        String line = stat.lines().findFirst().orElse("");
        List<String> fields = BLANKS.splitAsStream(line).toList();
        if (fields.size() < 9 || !fields.getFirst().equals("cpu")) {
            throw new IllegalArgumentException(
                    "machine stat: \"" + line + "\" (expected \"cpu\" and at least 8 numbers)");
        }
        long[] ticks = fields.stream().skip(1).limit(8).mapToLong(Long::parseLong).toArray();
        long idle = ticks[3] + ticks[4];
        long steal = ticks[7];
        long busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6];
        return new MachineTicks(busy, steal, busy + idle + steal);
    }

    public MachineTicks since(MachineTicks start) {
        return new MachineTicks(busy - start.busy, steal - start.steal, total - start.total);
    }

    /**
     * The share of the machine that went elsewhere, from 0 to 1: what was busy beyond the ticks
     * known to be ours, plus steal. Ticks of processes are exact and those of the machine sampled,
     * so a small negative difference means none.
     */
    public double othersShare(long knownTicks) {
        if (total <= 0) {
            return 0;
        }
        return Math.clamp((double) (Math.max(0, busy - knownTicks) + steal) / total, 0, 1);
    }
}
