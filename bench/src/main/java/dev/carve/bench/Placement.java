package dev.carve.bench;

/**
 * Which cores do what, as {@code taskset} takes them.
 *
 * @param gateway one core, for what is measured
 * @param load another, for the load generator and the backend
 * @param both for figures that are promised on two cores
 */
record Placement(String gateway, String load, String both) {

    static final Placement TWO_CORES = new Placement("0", "1", "0,1");
}
