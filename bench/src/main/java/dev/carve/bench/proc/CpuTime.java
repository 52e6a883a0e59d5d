package dev.carve.bench.proc;

/** Turns ticks into time. */
public final class CpuTime {

    private CpuTime() {}

    public static double micros(long ticks) {
        return ticks * (1e6 / ProcessStat.TICKS_PER_SECOND);
    }
}
