/**
 * What modules show and let be done to operators: {@link dev.carve.runtime.admin.AdminView} to
 * read, {@link dev.carve.runtime.admin.AdminCommand} to change something. The admin listener, the
 * console and the terminal's commands are built over these alone and know no feature.
 *
 * <p>Threads: views and commands run on virtual threads, several at once, and may wait; their
 * thread is interrupted when nobody wants the answer any more.
 */
@NullMarked
package dev.carve.runtime.admin;

import org.jspecify.annotations.NullMarked;
