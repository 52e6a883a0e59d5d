package dev.carve.carving.compare;

/** Why two bodies were not compared, or not in the way that their type asks for. */
public enum Reason {
    /** A body was not kept to its end. */
    CUT,
    /** A body is longer than the bound once it is decoded. */
    TOO_LONG,
    /** A content coding that is not known here, or more than one. */
    UNKNOWN_CODING,
    /** A body is not what its content coding says. */
    BAD_CODING,
    /** One of them says JSON and is none. */
    NOT_JSON,
    /** JSON nested deeper than the bound. */
    TOO_DEEP,
    /** JSON of more values than the bound. */
    TOO_MANY_VALUES,
    /** A pattern of the rules took too long on a text, or made too long a text of it. */
    SLOW_PATTERN
}
