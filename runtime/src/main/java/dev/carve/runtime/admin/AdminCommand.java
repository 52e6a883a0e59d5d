package dev.carve.runtime.admin;

import java.util.Map;

/**
 * Something that an operator may do, called by {@code POST /api/<name>}.
 *
 * @param name snake case or with hyphens, unique in the process
 * @param doc one sentence for the list of commands
 * @param action does it
 */
public record AdminCommand(String name, String doc, Action action) {

    /** Does it. */
    @FunctionalInterface
    public interface Action {

        /**
         * Returns when it is done.
         *
         * @param arguments by name, as the caller gave them
         * @throws BadArgumentException if an argument is missing or wrong
         */
        Outcome run(Map<String, String> arguments);
    }

    /** How it went. */
    public sealed interface Outcome {}

    /** It was done; the text says what. */
    public record Done(String text) implements Outcome {}

    /** It was not done, and nothing was changed; the text says why. */
    public record Refused(String text) implements Outcome {}

    public AdminCommand {
        AdminNames.check(name);
    }
}
