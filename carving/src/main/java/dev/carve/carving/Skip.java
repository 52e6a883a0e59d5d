package dev.carve.carving;

import java.util.Locale;

/** Why a request that was to be mirrored was not, or its answers were not compared. */
enum Skip {
    /** It may change something. */
    UNSAFE,
    /** It asks for another protocol. */
    UPGRADE,
    /** As many copies as allowed are under way. */
    COPIES,
    /** The other side has not answered the copies that it has. */
    UNANSWERED,
    /** The other side gave no answers, and is left alone for a while. */
    UNREACHABLE,
    /** All copies together hold as much as they may. */
    MEMORY,
    /** The copy fell too far behind the client's own request. */
    LAG,
    /** The client's own call did not take the whole body. */
    BODY_CUT,
    /** The client went away. */
    CLIENT_GONE,
    /** The client's own call failed. */
    CALL_FAILED,
    /** The copy failed, which is counted as an error of its side. */
    COPY_FAILED,
    /** An answer is larger than what is compared. */
    TOO_LARGE,
    /** The threads that compare fell behind. */
    BEHIND,
    /** A fault of Carve's own; it is in the program's log. */
    FAULT;

    private final String code = name().toLowerCase(Locale.ROOT);

    /** The word in metrics and views. */
    String code() {
        return code;
    }
}
