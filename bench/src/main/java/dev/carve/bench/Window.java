package dev.carve.bench;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One contender, measured once.
 *
 * @param othersShare of the machine, from 0 to 1, that went to programs that are not part of this
 * @param faults what was wrong with the answers; a window with any has no value as a figure
 * @param voided why the window says nothing about the contender, such as a driver that was late;
 *     its round is measured again or dropped
 */
record Window(
        Map<Metric, Double> values,
        double othersShare,
        List<String> faults,
        Optional<String> voided) {

    Window(Map<Metric, Double> values, double othersShare, List<String> faults) {
        this(values, othersShare, faults, Optional.empty());
    }

    Window {
        values = Map.copyOf(values);
        faults = List.copyOf(faults);
    }
}
