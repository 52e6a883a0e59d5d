package dev.carve.carving.settings;

import dev.carve.config.BadValueException;

/**
 * What keeps a client at its side.
 *
 * @param name of the cookie, field or variable; empty for the others
 */
public record StickyKey(From from, String name) {

    /** What a message says was expected. */
    public static final String EXPECTED = "cookie:NAME, header:NAME, path:NAME, address or own";

    /** What keeps a client at its side unless the file says otherwise. */
    public static final StickyKey ADDRESS_OF_CLIENT = new StickyKey(From.ADDRESS, "");

    private static final String MARKS = "!#$%&'*+-.^_`|~";

    /** Where it stands. */
    public enum From {
        COOKIE,
        HEADER,
        PATH,
        ADDRESS,
        OWN
    }

    /** Reads {@code cookie:session}, {@code address} and the like. */
    public static StickyKey parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            return switch (text) {
                case "address" -> new StickyKey(From.ADDRESS, "");
                case "own" -> new StickyKey(From.OWN, "");
                default -> throw new BadValueException("is no part of a request");
            };
        }
        String name = text.substring(colon + 1);
        From from =
                switch (text.substring(0, colon)) {
                    case "cookie" -> From.COOKIE;
                    case "header" -> From.HEADER;
                    case "path" -> From.PATH;
                    default -> throw new BadValueException("is no part of a request");
                };
        if (!isToken(name)) {
            throw new BadValueException("holds no name");
        }
        return new StickyKey(from, name);
    }

    private static boolean isToken(String name) {
        return !name.isEmpty()
                && name.chars()
                        .allMatch(c ->
                                (c >= '0' && c <= '9')
                                        || (c >= 'a' && c <= 'z')
                                        || (c >= 'A' && c <= 'Z')
                                        || MARKS.indexOf(c) >= 0);
    }

    @Override
    public String toString() {
        return switch (from) {
            case COOKIE -> "cookie:" + name;
            case HEADER -> "header:" + name;
            case PATH -> "path:" + name;
            case ADDRESS -> "address";
            case OWN -> "own";
        };
    }
}
