package dev.carve.admin.machine;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the machine gave over a window of a few seconds, and whether that is too little. A part that
 * the system does not tell is null and never a reason.
 *
 * @param cores that the process may use
 * @param throttledShare of the quota's periods, those in which the process was stopped, 0 to 1
 * @param stolenShare of all cores' time, what the hypervisor gave away, 0 to 1
 * @param busyShare of all cores' time, what was used by anybody on this machine, 0 to 1
 * @param loadPerCore runnable threads of the last minute for each core
 * @param reasons why the machine is short, empty if it is not
 */
public record MachineState(
        int cores,
        @Nullable Double throttledShare,
        @Nullable Double stolenShare,
        @Nullable Double busyShare,
        @Nullable Double loadPerCore,
        Set<Reason> reasons) {

    private static final double THROTTLED_MAX = 0.05;
    private static final double STOLEN_MAX = 0.05;
    private static final double BUSY_MAX = 0.95;
    private static final double LOAD_MAX = 2;

    /** Why a machine is short. */
    public enum Reason {
        /** A quota stopped the process in more than 5 % of its periods. */
        THROTTLED,
        /** The hypervisor gave more than 5 % of the cores' time to others. */
        STEAL,
        /** The cores were used for more than 95 %. */
        BUSY,
        /** More than two runnable threads for each core. */
        LOAD
    }

    /** Nothing is known yet. */
    static MachineState unknown(int cores) {
        return new MachineState(cores, null, null, null, null, Set.of());
    }

    static MachineState between(CpuSample before, CpuSample now, int cores) {
        Double throttled = null;
        if (before.throttling() != null && now.throttling() != null) {
            throttled =
                    share(
                            now.throttling().throttled() - before.throttling().throttled(),
                            now.throttling().periods() - before.throttling().periods());
        }
        Double stolen = null;
        Double busy = null;
        if (before.ticks() != null && now.ticks() != null) {
            long total = now.ticks().total() - before.ticks().total();
            stolen = share(now.ticks().stolen() - before.ticks().stolen(), total);
            busy = share(now.ticks().busy() - before.ticks().busy(), total);
        }
        Double load = now.load1() == null ? null : now.load1() / cores;
        Set<Reason> reasons = EnumSet.noneOf(Reason.class);
        add(reasons, Reason.THROTTLED, throttled, THROTTLED_MAX);
        add(reasons, Reason.STEAL, stolen, STOLEN_MAX);
        add(reasons, Reason.BUSY, busy, BUSY_MAX);
        add(reasons, Reason.LOAD, load, LOAD_MAX);
        return new MachineState(cores, throttled, stolen, busy, load, reasons);
    }

    private static void add(Set<Reason> to, Reason reason, @Nullable Double value, double max) {
        if (value != null && value > max) {
            to.add(reason);
        }
    }

    /** Counters can step back, as when a process is moved to another group. */
    private static double share(long part, long whole) {
        return whole <= 0 || part <= 0 ? 0 : Math.min(1, (double) part / whole);
    }
}
