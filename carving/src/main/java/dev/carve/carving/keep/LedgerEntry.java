package dev.carve.carving.keep;

import java.time.Instant;

/**
 * One change of a carve, for whoever asks later what happened. Immutable; the time is kept to the
 * millisecond.
 *
 * @param carve which
 * @param at when it happened, not when it was written
 * @param by who or what changed it: a person's command, the guard, the file
 * @param from what it was, such as "shift 5%"
 * @param to what it became
 * @param reason why
 * @param figures of that moment as a JSON object
 */
public record LedgerEntry(
        CarveKey carve,
        Instant at,
        String by,
        String from,
        String to,
        String reason,
        String figures) {

    private static final int TEXT_CHARS_MAX = 2_000;
    private static final int FIGURES_CHARS_MAX = 16_000;

    public LedgerEntry {
        at = Instant.ofEpochMilli(at.toEpochMilli());
        by = cut(by);
        from = cut(from);
        to = cut(to);
        reason = cut(reason);
        if (figures.length() > FIGURES_CHARS_MAX) {
            // Half an object is none, and the change itself must not be lost for it.
            figures = "{\"omitted_characters\":" + figures.length() + "}";
        }
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(text.length(), TEXT_CHARS_MAX));
    }
}
