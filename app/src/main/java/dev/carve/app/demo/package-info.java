/**
 * {@code carve demo}: the story of Carve on one machine, with its figures beside the published
 * ones. Start with {@link dev.carve.app.demo.DemoCommand} (what happens in which order) and {@link
 * dev.carve.app.demo.ChildJvm} (the processes it starts and ends).
 *
 * <p>Threads: the command runs on the main thread; a ticker redraws the line that is in progress; a
 * shutdown hook ends the children.
 */
@NullMarked
package dev.carve.app.demo;

import org.jspecify.annotations.NullMarked;
