/**
 * JMH benchmarks of single steps on a request's path, run by {@code org.openjdk.jmh.Main} on this
 * module's class path. Start with {@link dev.carve.bench.micro.BaselineBenchmark}.
 *
 * <p>Threads: as JMH runs them; state is per thread.
 */
@NullMarked
package dev.carve.bench.micro;

import org.jspecify.annotations.NullMarked;
