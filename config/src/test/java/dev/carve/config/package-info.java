/** Tests of the configuration engine; most are pairs of files under {@code resources/cases}. */
@NullMarked
package dev.carve.config;

import org.jspecify.annotations.NullMarked;
