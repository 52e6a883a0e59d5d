package dev.carve.bench;

import dev.carve.bench.drive.Driver;
import dev.carve.bench.proc.Proc;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The test stand: what every scenario needs.
 *
 * @param work a folder for everything temporary
 * @param saturation drives as fast as answers come
 * @param progress takes one line for people
 */
record Stand(
        Path work,
        Placement placement,
        Pace pace,
        Proc proc,
        Driver saturation,
        Consumer<String> progress) {

    Stand withPace(Pace other) {
        return new Stand(work, placement, other, proc, saturation, progress);
    }
}
