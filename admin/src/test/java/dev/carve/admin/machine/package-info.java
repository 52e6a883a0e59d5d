@NullMarked
package dev.carve.admin.machine;

import org.jspecify.annotations.NullMarked;
