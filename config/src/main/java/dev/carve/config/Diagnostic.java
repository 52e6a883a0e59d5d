package dev.carve.config;

/**
 * One problem of a configuration.
 *
 * @param file the file, or {@code environment NAME} or {@code flag PATH}
 * @param line from 1; 0 where the place has no lines
 * @param column from 1; 0 where the place has no lines
 * @param path the setting, such as {@code routes[2].timeout}; empty for the file as a whole
 * @param message lower case, no full stop, secrets removed, values escaped and cut
 */
public record Diagnostic(
        String file, int line, int column, String path, String message, Severity severity) {

    /** Whether the configuration can be used in spite of the problem. */
    public enum Severity {
        ERROR,
        WARNING
    }

    /** {@code carve.yaml:41:9: routes[2].timeout: "5" has no unit (expected: a duration …)}. */
    @Override
    public String toString() {
        String place = line == 0 ? file : file + ":" + line + ":" + column;
        String setting = path.isEmpty() ? "" : path + ": ";
        String level = severity == Severity.WARNING ? "warning: " : "";
        return place + ": " + level + setting + message;
    }
}
