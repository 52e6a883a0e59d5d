package dev.carve.bench.micro;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The floor under any scan of a head: looking at each byte of a usual request once. Others are read
 * as multiples of it, since nanoseconds differ between machines.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BaselineBenchmark {

    private final byte[] head =
            """
            GET /orders/1042?full=true HTTP/1.1\r
            Host: shop.test\r
            User-Agent: bench/1.0\r
            Accept: application/json\r
            Cookie: session=0123456789abcdef0123456789abcdef\r
            \r
            """
                    .getBytes(StandardCharsets.US_ASCII);

    @Benchmark
    public int everyByteOnce() {
        int lines = 0;
        for (byte b : head) {
            lines += b == '\n' ? 1 : 0;
        }
        return lines;
    }
}
