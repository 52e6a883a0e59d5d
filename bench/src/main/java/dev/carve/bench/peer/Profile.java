package dev.carve.bench.peer;

/** How much each gateway does beside forwarding. */
public enum Profile {
    /** Forwarded headers, request id and time-outs by all; logs by none. */
    EQUAL_WORK,
    /** The same, and one access log line per request to a file by all. */
    LOGS,
    /** Carve as it is by default, log included; the others as in {@link #EQUAL_WORK}. */
    DEFAULTS;

    boolean othersLog() {
        return this == LOGS;
    }

    boolean carveLogs() {
        return this != EQUAL_WORK;
    }
}
