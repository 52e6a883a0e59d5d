/**
 * Carve from the outside: what the build promises about its own shape ({@link
 * dev.carve.it.ModuleRulesTest}), and the two launchers.
 *
 * <p>Threads: the test's own.
 */
@NullMarked
package dev.carve.it;

import org.jspecify.annotations.NullMarked;
