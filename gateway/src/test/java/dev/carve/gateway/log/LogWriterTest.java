package dev.carve.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.testkit.Await;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class LogWriterTest {

    private static final long ONE_BATCH = LogWriter.BATCH_BYTES;

    /** Throws for the first write, keeps the others. */
    private static final class FailingOnce extends OutputStream {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private boolean failed;

        @Override
        public void write(int one) {
            throw new UnsupportedOperationException("whole batches only");
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            if (!failed) {
                failed = true;
                throw new IllegalStateException("not today");
            }
            kept.write(bytes, offset, length);
        }
    }

    /** Takes nothing until it is let. */
    private static final class Stuck extends OutputStream {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch let = new CountDownLatch(1);

        @Override
        public void write(int one) {
            throw new UnsupportedOperationException("whole batches only");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            entered.countDown();
            boolean interrupted = false;
            while (true) {
                try {
                    let.await();
                    break;
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void line(LogWriter writer, String text) {
        LogWriter.Batch batch = writer.take();
        batch.lines().add((text + "\n").getBytes(StandardCharsets.ISO_8859_1));
        batch.lineDone();
        writer.give(batch);
    }

    @Test
    void outputThatThrowsCostsItsBatchAndNotTheWriter() {
        FailingOnce out = new FailingOnce();
        LogWriter writer = new LogWriter(out, ONE_BATCH * 8);
        line(writer, "lost");
        Await.until("the loss is counted", () -> writer.dropped() == 1);
        line(writer, "kept");
        writer.close();
        assertThat(out.kept.toString(StandardCharsets.ISO_8859_1)).isEqualTo("kept\n");
        assertThat(writer.written()).isOne();
        assertThat(writer.dropped()).isOne();
    }

    @Test
    void everythingHandedOverIsWrittenBeforeTheEnd() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogWriter writer = new LogWriter(out, ONE_BATCH * 100);
        for (int i = 0; i < 50; i++) {
            line(writer, "line " + i);
        }
        writer.close();
        assertThat(out.toString(StandardCharsets.ISO_8859_1).lines()).hasSize(50);
        assertThat(writer.dropped()).isZero();
    }

    @Test
    void endIsBoundedAndWhatIsLeftIsCounted() throws Exception {
        Stuck out = new Stuck();
        LogWriter writer = new LogWriter(out, ONE_BATCH);
        line(writer, "stuck");
        out.entered.await();
        line(writer, "waits");
        line(writer, "finds no room");
        assertThat(writer.dropped()).isOne();
        writer.close();
        assertThat(writer.dropped()).isEqualTo(2);
        out.let.countDown();
    }
}
