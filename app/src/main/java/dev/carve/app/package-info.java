/**
 * The program: the command line, and the only place where modules meet. Start with {@link
 * dev.carve.app.Main}, {@link dev.carve.app.Server} (the composition root) and {@link
 * dev.carve.app.Configuration}.
 *
 * <p>Threads: a command runs on the main thread; a server's control thread loads, reloads and stops
 * it.
 */
@NullMarked
package dev.carve.app;

import org.jspecify.annotations.NullMarked;
