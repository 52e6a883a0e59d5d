package dev.carve.config;

/**
 * A rule of a feature that no type can express, such as that a route names a service that exists.
 * Runs after every value was bound.
 */
@FunctionalInterface
public interface Check {
    void check(Loaded loaded, Diagnostics diagnostics);
}
