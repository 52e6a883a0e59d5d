package dev.carve.bench.drive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A driver that is a program and prints its tally at the end. */
final class DriverProcess implements Driver.Ongoing {

    /** Turns what the program printed into a tally. */
    interface Reading {
        Tally parse(String said) throws IOException;
    }

    private final Process process;
    private final Reading reading;

    private DriverProcess(Process process, Reading reading) {
        this.process = process;
        this.reading = reading;
    }

    static DriverProcess start(List<String> command, Reading reading) throws IOException {
        // What it prints is a few lines, so reading it after its end cannot block it.
        return new DriverProcess(
                new ProcessBuilder(command).redirectErrorStream(true).start(), reading);
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public boolean aliveAt(long nanos) throws InterruptedException {
        return !process.waitFor(Math.max(0, nanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    @Override
    public Tally await() throws IOException, InterruptedException {
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException("the load generator ended with " + code + ":\n" + said);
        }
        return reading.parse(said);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
