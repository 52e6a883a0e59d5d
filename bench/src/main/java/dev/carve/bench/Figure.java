package dev.carve.bench;

/**
 * One row of the table of promises.
 *
 * @param id what the command line calls it
 * @param text what is measured, for people
 * @param scenario how; figures with the same one share its rounds
 */
record Figure(String id, String text, Scenario scenario, Metric metric, Bar bar) {}
