package dev.carve.app;

/** The command line or the environment is wrong: told to the user as it is, exit code 2. */
final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
