package dev.carve.load;

/** Why a request has no right answer. */
public enum LoadError {
    CONNECT_REFUSED("connect refused"),
    CONNECT_TIMED_OUT("connect timed out"),
    CONNECT_FAILED("connect failed"),
    RESET("reset"),
    CLOSED_EARLY("closed early"),
    TIMED_OUT("timed out"),
    BAD_RESPONSE("bad response"),
    STATUS_4XX("status 4xx"),
    STATUS_5XX("status 5xx"),
    UNEXPECTED_STATUS("unexpected status"),
    UNEXPECTED_BODY("unexpected body"),
    /** More outstanding than the plan allows. */
    NOT_SENT("not sent, too many outstanding"),
    /** The run was stopped before the answer. */
    ABANDONED("abandoned");

    private final String label;

    LoadError(String label) {
        this.label = label;
    }

    /** What the report calls it. */
    public String label() {
        return label;
    }
}
