package dev.carve.app;

/** A running gateway could not be asked, or refused: told to the user as it is, exit code 1. */
final class AdminException extends RuntimeException {

    private static final long serialVersionUID = 1;

    AdminException(String message) {
        super(message);
    }
}
