package dev.carve.it.soak;

/** A whole answer that is not the one that was due. */
final class UnexpectedAnswerException extends Exception {
    private static final long serialVersionUID = 1;

    private final String code;

    /**
     * @param code Carve's own reason, empty if there is none
     */
    UnexpectedAnswerException(int status, String code) {
        super("status " + status + (code.isEmpty() ? "" : " " + code));
        this.code = code;
    }

    /** Whether the service's connection ended before its answer. */
    boolean isLoss() {
        return code.startsWith("upstream_closed") || code.startsWith("upstream_reset");
    }
}
