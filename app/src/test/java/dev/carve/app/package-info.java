/** Tests of the program. */
@org.jspecify.annotations.NullMarked
package dev.carve.app;
