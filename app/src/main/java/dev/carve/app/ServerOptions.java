package dev.carve.app;

import dev.carve.config.LoadResult;
import dev.carve.runtime.Clock;
import java.util.function.Supplier;

/**
 * How a server runs beside what the file says.
 *
 * @param clock of everything that times out
 * @param source reads the configuration anew for each reload; throws {@link UsageException}
 */
record ServerOptions(Clock clock, Supplier<LoadResult> source) {}
