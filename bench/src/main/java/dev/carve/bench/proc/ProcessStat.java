package dev.carve.bench.proc;

import java.util.List;
import java.util.regex.Pattern;

/**
 * {@code /proc/PID/stat}, as far as it is needed: proc_pid_stat(5), fields 14 to 17.
 *
 * @param ticks user plus system time in {@link #TICKS_PER_SECOND}ths, all threads, ended ones
 *     included
 * @param endedChildrenTicks the same of the children that it has waited for
 */
record ProcessStat(long ticks, long endedChildrenTicks) {

    /** USER_HZ, which Linux keeps at 100 for programs whatever the kernel's own rate. */
    static final int TICKS_PER_SECOND = 100;

    private static final Pattern BLANK = Pattern.compile(" ");

    static ProcessStat parse(String line) {
        // The program's name stands in parentheses and may itself hold blanks and parentheses.
        int nameEnd = line.lastIndexOf(')');
        List<String> rest =
                nameEnd < 0
                        ? List.of()
                        : BLANK.splitAsStream(line.substring(nameEnd + 1).strip()).toList();
        if (rest.size() < 15) {
            throw new IllegalArgumentException(
                    "process stat: \"" + line.strip() + "\" (expected at least 17 fields)");
        }
        // rest[0] is field 3, the state.
        return new ProcessStat(
                Long.parseLong(rest.get(11)) + Long.parseLong(rest.get(12)),
                Long.parseLong(rest.get(13)) + Long.parseLong(rest.get(14)));
    }
}
