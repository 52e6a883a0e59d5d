package dev.carve.admin.machine;

import org.jspecify.annotations.Nullable;

/**
 * What the system has counted up to one moment; a part that it does not tell is null.
 *
 * @param nanos monotonic time of the sample
 * @param throttling of the process's control group
 * @param ticks of all cores together
 * @param load1 mean number of runnable (on Linux also uninterruptible) threads of the last minute
 */
record CpuSample(
        long nanos,
        @Nullable Throttling throttling,
        @Nullable Ticks ticks,
        @Nullable Double load1) {

    /**
     * How often and how long a quota stopped the group (cgroup v2 cpu.stat; v1 the same in ns).
     *
     * @param periods in which the group ran
     * @param throttled of these, those in which it was stopped
     */
    record Throttling(long periods, long throttled, long throttledMicros) {

        /** Reads {@code cpu.stat} of either version; null if it holds no such counts. */
        static @Nullable Throttling parse(String text) {
            Long periods = null;
            Long throttled = null;
            Long micros = null;
            for (String line : text.lines().toList()) {
                int space = line.indexOf(' ');
                Long number = space < 0 ? null : number(line.substring(space + 1));
                if (number == null) {
                    continue;
                }
                switch (line.substring(0, space)) {
                    case "nr_periods" -> periods = number;
                    case "nr_throttled" -> throttled = number;
                    case "throttled_usec" -> micros = number;
                    case "throttled_time" -> micros = number / 1000;
                    default -> {}
                }
            }
            return periods == null || throttled == null || micros == null
                    ? null
                    : new Throttling(periods, throttled, micros);
        }
    }

    /**
     * Time of all cores since boot, in the system's ticks (proc(5), /proc/stat).
     *
     * @param total of everything
     * @param busy of these, spent on work of this machine
     * @param stolen of these, given to other machines by the hypervisor
     */
    record Ticks(long total, long busy, long stolen) {

        private static final int IDLE = 3;
        private static final int WAITING = 4;
        private static final int STEAL = 7;

        /** Reads {@code /proc/stat}; null if its first line is not the sum of all cores. */
        static @Nullable Ticks parse(String text) {
            int end = text.indexOf('\n');
            String[] parts = (end < 0 ? text : text.substring(0, end)).trim().split(" +", -1);
            if (!parts[0].equals("cpu") || parts.length < 2 + STEAL) {
                return null;
            }
            long total = 0;
            long busy = 0;
            long stolen = 0;
            // Guest time, from the ninth on, is already part of user time.
            for (int i = 0; i <= STEAL; i++) {
                Long ticks = number(parts[i + 1]);
                if (ticks == null) {
                    return null;
                }
                total += ticks;
                busy += i == IDLE || i == WAITING || i == STEAL ? 0 : ticks;
                stolen += i == STEAL ? ticks : 0;
            }
            return new Ticks(total, busy, stolen);
        }
    }

    /** Reads {@code /proc/loadavg}; null if it does not begin with a number. */
    static @Nullable Double parseLoad(String text) {
        int space = text.indexOf(' ');
        String first = space < 0 ? text.trim() : text.substring(0, space);
        return first.matches("[0-9]{1,9}(\\.[0-9]{1,9})?") ? Double.valueOf(first) : null;
    }

    static @Nullable Long number(String text) {
        String trimmed = text.trim();
        return trimmed.matches("[0-9]{1,18}") ? Long.valueOf(trimmed) : null;
    }
}
