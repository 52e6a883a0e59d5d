package dev.carve.gateway.settings;

import dev.carve.config.BadValueException;

/**
 * What of a request decides its instance.
 *
 * @param name of the header or cookie, empty for the address
 */
public record HashKey(From from, String name) {

    /** What a message says was expected. */
    public static final String EXPECTED = "header:NAME, cookie:NAME or address";

    private static final String MARKS = "!#$%&'*+-.^_`|~";

    /** Where it stands. */
    public enum From {
        HEADER,
        COOKIE,
        ADDRESS
    }

    /** Reads {@code header:X-User}, {@code cookie:session} or {@code address}. */
    public static HashKey parse(String text) {
        if (text.equals("address")) {
            return new HashKey(From.ADDRESS, "");
        }
        int colon = text.indexOf(':');
        String name = text.substring(colon + 1).strip();
        From from =
                switch (colon < 0 ? "" : text.substring(0, colon)) {
                    case "header" -> From.HEADER;
                    case "cookie" -> From.COOKIE;
                    default -> throw new BadValueException("is no part of a request");
                };
        if (!isToken(name)) {
            throw new BadValueException("holds no name");
        }
        return new HashKey(from, name);
    }

    /** What the name of a field or cookie consists of (RFC 9110, section 5.6.2). */
    static boolean isToken(String name) {
        return !name.isEmpty()
                && name.chars()
                        .allMatch(c ->
                                (c >= '0' && c <= '9')
                                        || (c >= 'a' && c <= 'z')
                                        || (c >= 'A' && c <= 'Z')
                                        || MARKS.indexOf(c) >= 0);
    }
}
