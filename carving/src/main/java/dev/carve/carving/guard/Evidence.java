package dev.carve.carving.guard;

import java.util.Arrays;

/**
 * Evidence against one hypothesis, gathered by several bets at once: the mean of their stakes, so
 * that one of them being right is enough. Kept as logarithms.
 *
 * <p>A sum over a step answers "was it so, from the beginning on?": the hypothesis, if true, lets
 * the mean ever reach {@code x} with probability at most {@code 1/x} (Ville 1939). With restarts
 * each bet begins anew whenever it has lost: "is it so since any moment?". Then the mean is an
 * e-detector (Shin, Ramdas and Rinaldo, "E-detectors", 2024): the mean time until it reaches {@code
 * x} is at least {@code x} blocks, as long as the hypothesis is true.
 *
 * <p>Control only.
 */
final class Evidence {

    private final double[] logs;
    private final boolean restarts;

    private Evidence(int bets, boolean restarts) {
        logs = new double[bets];
        this.restarts = restarts;
    }

    /** Since the beginning. */
    static Evidence whole(int bets) {
        return new Evidence(bets, false);
    }

    /** Since any moment. */
    static Evidence restarting(int bets) {
        return new Evidence(bets, true);
    }

    int bets() {
        return logs.length;
    }

    void begin() {
        Arrays.fill(logs, 0);
    }

    /** A block's growth of one bet. */
    void add(int bet, double log) {
        logs[bet] = (restarts ? Math.max(0, logs[bet]) : logs[bet]) + log;
    }

    /** The logarithm of one bet's stake. */
    double log(int bet) {
        return logs[bet];
    }

    boolean reaches(double stake) {
        // The mean is at most the largest, which is mostly enough to know.
        return largest() >= Math.log(stake) && log() >= Math.log(stake);
    }

    /** The logarithm of the mean stake. */
    double log() {
        double largest = largest();
        double sum = 0;
        for (double each : logs) {
            sum += Math.exp(each - largest);
        }
        return largest + Math.log(sum / logs.length);
    }

    private double largest() {
        double largest = Double.NEGATIVE_INFINITY;
        for (double each : logs) {
            largest = Math.max(largest, each);
        }
        return largest;
    }
}
