@NullMarked
package dev.carve.admin;

import org.jspecify.annotations.NullMarked;
