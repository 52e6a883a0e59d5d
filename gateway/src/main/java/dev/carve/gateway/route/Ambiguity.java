package dev.carve.gateway.route;

/** Why two servers may read one request's path as two different paths. */
public enum Ambiguity {
    NONE("one reading"),
    ENCODED_SLASH("the path holds %2F"),
    BACKSLASH("the path holds a backslash or %5C"),
    NUL("the path holds %00"),
    DOT_DOT("the path holds a .. segment"),
    OVERLONG("the path holds an overlong UTF-8 sequence"),
    FRAGMENT("the path holds #"),
    /** Nothing of that, but raw and matched form of the path choose different routes. */
    FORMS_DIFFER("the path as sent and the path as matched choose different routes");

    private final String text;

    Ambiguity(String text) {
        this.text = text;
    }

    /** For people: the reason of a refusal. */
    public String text() {
        return text;
    }
}
