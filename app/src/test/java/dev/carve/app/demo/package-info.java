/** Tests of the demo's screen. */
@NullMarked
package dev.carve.app.demo;

import org.jspecify.annotations.NullMarked;
