package dev.carve.example.monolith;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DatabaseTest {

    private static final int AT_ONCE = 4;
    private static final int FILES = 100;

    @TempDir private Path folder = Path.of("");

    @Test
    void allThatOpenOneNewFileAtOnceCanUseIt() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (int i = 0; i < FILES; i++) {
                Path file = folder.resolve(i + ".db");
                CyclicBarrier together = new CyclicBarrier(AT_ONCE);
                Callable<Boolean> open =
                        () -> {
                            try (Database database = new Database(file, 50)) {
                                together.await(30, TimeUnit.SECONDS);
                                database.prepare();
                                return true;
                            }
                        };
                List<Future<Boolean>> opened = new ArrayList<>();
                for (int each = 0; each < AT_ONCE; each++) {
                    opened.add(threads.submit(open));
                }
                for (Future<Boolean> each : opened) {
                    assertThat(each.get()).isTrue();
                }
            }
        }
    }
}
