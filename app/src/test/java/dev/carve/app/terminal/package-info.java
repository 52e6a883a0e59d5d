/** Tests of what commands look like. */
@org.jspecify.annotations.NullMarked
package dev.carve.app.terminal;
