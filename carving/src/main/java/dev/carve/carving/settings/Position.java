package dev.carve.carving.settings;

import dev.carve.config.BadValueException;
import dev.carve.runtime.Share;

/**
 * Where the file says that a carve stands.
 *
 * @param share of the new side
 * @param done whether it is over, with all traffic at the new side
 */
public record Position(Share share, boolean done) {

    /** What a message says was expected. */
    public static final String EXPECTED = "a share up to 100%, such as 50%, or done";

    /** Reads {@code 50%} or {@code done}. */
    public static Position parse(String text) {
        if (text.equals("done")) {
            return new Position(new Share(1), true);
        }
        if (!text.endsWith("%")) {
            throw new BadValueException("is no share");
        }
        return new Position(Share.parse(text), false);
    }

    @Override
    public String toString() {
        return done ? "done" : share.toString();
    }
}
