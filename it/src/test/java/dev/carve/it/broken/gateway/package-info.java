/** A module that uses what it may not: proof that the rule can fail. */
@NullMarked
package dev.carve.it.broken.gateway;

import org.jspecify.annotations.NullMarked;
