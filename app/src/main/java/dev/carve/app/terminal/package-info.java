/**
 * What commands need to look good wherever they write: {@link dev.carve.app.terminal.Look} finds
 * out what the place can do, {@link dev.carve.app.terminal.Columns} lays out a table for its width,
 * {@link dev.carve.app.terminal.Figures} writes numbers for people.
 *
 * <p>Threads: whoever writes.
 */
@NullMarked
package dev.carve.app.terminal;

import org.jspecify.annotations.NullMarked;
