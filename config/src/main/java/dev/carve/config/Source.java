package dev.carve.config;

import java.nio.file.Path;

/** Where a configuration comes from. */
public sealed interface Source {

    /** A file; what it includes is found relative to it. */
    record OfFile(Path path) implements Source {}

    /**
     * Text under a name that diagnostics show; it cannot include files. Empty text is a
     * configuration of defaults, for a process that is set up by its environment alone.
     */
    record OfText(String name, String text) implements Source {}

    static Source file(Path path) {
        return new OfFile(path);
    }

    static Source text(String name, String text) {
        return new OfText(name, text);
    }
}
