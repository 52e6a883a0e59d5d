package dev.carve.gateway.settings;

import dev.carve.config.BadValueException;

/** Statuses from one to another, both included. */
public record StatusRange(int from, int to) {

    /** What a message says was expected. */
    public static final String EXPECTED = "a status such as 204, or a range such as 200-299";

    /** Reads {@code 204} or {@code 200-299}. */
    public static StatusRange parse(String text) {
        if (!text.matches("[1-9][0-9]{2}(-[1-9][0-9]{2})?")) {
            throw new BadValueException("is no status");
        }
        int from = Integer.parseInt(text.substring(0, 3));
        int to = Integer.parseInt(text.substring(text.length() - 3));
        if (from < 200 || to > 599 || from > to) {
            throw new BadValueException("holds no final status");
        }
        return new StatusRange(from, to);
    }

    /** Whether a status is one of them. */
    public boolean holds(int status) {
        return status >= from && status <= to;
    }

    @Override
    public String toString() {
        return from == to ? Integer.toString(from) : from + "-" + to;
    }
}
