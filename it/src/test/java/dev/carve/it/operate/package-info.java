/**
 * What operators do to a gateway that runs as a process of its own. Start with {@link
 * dev.carve.it.operate.OperateProcessTest}.
 *
 * <p>Threads: one test thread.
 */
@NullMarked
package dev.carve.it.operate;

import org.jspecify.annotations.NullMarked;
