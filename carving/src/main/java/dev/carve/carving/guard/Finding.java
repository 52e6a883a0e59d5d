package dev.carve.carving.guard;

import java.util.OptionalLong;

/**
 * The verdict on one measure, with what it rests on.
 *
 * @param binding whether it can hold a step or roll back; else it is only shown
 * @param confidence that the verdict is right, 0 to 1; 0 for not enough
 * @param oldFigure since the step began: a share, or microseconds; 0 for mismatches
 * @param newFigure the same of the new side
 * @param missing about how many more requests at the new side prove it within its limit, if it is
 *     equal to the old one; empty if that was proven, or if no number would do by what is seen
 * @param text the line for ledger, log and console
 */
public record Finding(
        Measure measure,
        Verdict verdict,
        boolean binding,
        double confidence,
        double oldFigure,
        double newFigure,
        OptionalLong missing,
        String text) {}
