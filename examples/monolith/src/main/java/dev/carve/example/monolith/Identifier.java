package dev.carve.example.monolith;

import java.util.regex.Pattern;

/** How paths name a row or an order: a whole number without sign or leading zeros. */
final class Identifier {

    // Fifteen digits are exact in a JavaScript number as well.
    private static final Pattern FORM = Pattern.compile("0|[1-9][0-9]{0,14}");

    private Identifier() {}

    static long parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new Refusal(400, "id: not a whole number (expected: at most 15 digits)");
        }
        return Long.parseLong(text);
    }
}
