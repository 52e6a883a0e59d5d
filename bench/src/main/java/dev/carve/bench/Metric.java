package dev.carve.bench;

/** What a window can yield. */
enum Metric {
    CPU_PER_REQUEST("µs"),
    CPU_PER_MEBIBYTE("µs"),
    RATE("req/s"),
    /** Of its core, while loaded: tells whether the gateway or its driver limited a rate. */
    CORE_USED("%"),
    P50("µs"),
    P99("µs"),
    IDLE_CONNECTION("KiB"),
    START("ms"),
    FIRST_SECOND("req/s"),
    FIFTH_SECOND("req/s"),
    STEP("ns"),
    BANDWIDTH("MB/s"),
    ALLOCATION("B"),
    GC_PAUSE("ms"),
    /** Attempts that reached the service beyond the requests of clients. */
    ADDED_LOAD("%"),
    MEMORY("MiB"),
    RESIDENT_PEAK("MiB");

    private final String unit;

    Metric(String unit) {
        this.unit = unit;
    }

    String unit() {
        return unit;
    }
}
