package dev.carve.app;

/** A server could not start: told to the user as it is, exit code 1. Nothing of it is left. */
final class StartException extends Exception {

    private static final long serialVersionUID = 1;

    StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
