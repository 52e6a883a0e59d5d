/**
 * The {@code carve} block of a route and the {@code mirror} block of the file, as records with
 * their defaults, and what their types can not say. Start with {@link
 * dev.carve.carving.settings.CarveSettings}.
 *
 * <p>Threads: immutable; any.
 */
@NullMarked
package dev.carve.carving.settings;

import org.jspecify.annotations.NullMarked;
