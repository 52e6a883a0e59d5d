package dev.carve.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a watch sees, look by look. That it looks at all is for the black-box tests. */
class FileWatchTest {

    @TempDir Path temp = Path.of("");

    private Path file = temp;
    private final AtomicInteger reloads = new AtomicInteger();

    @BeforeEach
    void writeFirst() throws IOException {
        file = temp.resolve("carve.yaml");
        Files.writeString(file, "1");
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void look(FileWatch watch, int times) {
        for (int i = 0; i < times; i++) {
            watch.check();
        }
    }

    @Test
    void unchangedFileIsNotLoaded() {
        var watch = new FileWatch(file);
        watch.begin(reloads::incrementAndGet);
        look(watch, 5);

        assertThat(reloads).hasValue(0);
    }

    @Test
    void changeIsLoadedOnceWhenItHasSettled() {
        var watch = new FileWatch(file);
        watch.begin(reloads::incrementAndGet);
        write(file, "22");
        look(watch, 1);
        write(file, "333");
        look(watch, 1);
        assertThat(reloads).hasValue(0);
        look(watch, 5);

        assertThat(reloads).hasValue(1);
    }

    @Test
    void changeWhileTheServerStartsIsLoaded() {
        var watch = new FileWatch(file);
        watch.read(Set.of(file.toAbsolutePath().normalize()));
        write(file, "22");
        watch.begin(reloads::incrementAndGet);
        look(watch, 5);

        assertThat(reloads).hasValue(1);
    }

    @Test
    void changeWhileTheFileIsBeingReadIsLoadedAfterwards() {
        var watch = new FileWatch(file);
        watch.begin(() -> {
            if (reloads.incrementAndGet() == 1) {
                write(file, "333");
            }
        });
        write(file, "22");
        look(watch, 6);

        assertThat(reloads).hasValue(2);
    }

    @Test
    void whatTheLastReadingIncludedIsWatchedWhateverCameOfIt() {
        Path included = temp.resolve("team.yaml").toAbsolutePath().normalize();
        write(included, "wrong");
        var watch = new FileWatch(file);
        watch.begin(() -> {
            reloads.incrementAndGet();
            watch.read(Set.of(file.toAbsolutePath().normalize(), included));
        });
        write(file, "include: team.yaml");
        look(watch, 3);
        assertThat(reloads).hasValue(1);
        write(included, "mended");
        look(watch, 3);

        assertThat(reloads).hasValue(2);
    }

    @Test
    void whatChangesBetweenTheFirstReadingAndTheStartIsSeen() {
        Path named = temp.resolve("ca.pem");
        write(named, "1");
        var watch = new FileWatch(file);
        watch.read(Set.of(file, named));
        write(named, "22");
        watch.begin(reloads::incrementAndGet);
        look(watch, 3);

        assertThat(reloads).hasValue(1);
    }

    @Test
    void whatChangesWhileItIsReadForTheFirstTimeIsSeen() {
        Path named = temp.resolve("ca.pem");
        write(named, "1");
        var watch = new FileWatch(file);
        watch.begin(() -> {
            if (reloads.incrementAndGet() == 1) {
                watch.read(Set.of(file, named));
                write(named, "22");
            }
        });
        write(file, "22");
        look(watch, 6);

        assertThat(reloads).hasValue(2);
    }
}
