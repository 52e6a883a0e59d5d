/**
 * The program's own log: one line an event on the standard error. Start with {@link
 * dev.carve.app.log.LogProvider}, which SLF4J finds by its service file.
 *
 * <p>Not Logback: reading its configuration and loading its 500 classes was the largest part of
 * Carve's start that has nothing to do with proxying, and one format on one stream needs none of
 * it.
 *
 * <p>Threads: any.
 */
@NullMarked
package dev.carve.app.log;

import org.jspecify.annotations.NullMarked;
