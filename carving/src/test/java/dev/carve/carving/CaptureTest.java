package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.Head;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CaptureTest {

    private final Capture capture = new Capture();

    private static Head declaring(int length) {
        return new Head().startResponse(200, "OK").add("Content-Length", Integer.toString(length));
    }

    private void data(int bytes) {
        ByteBuf chunk = Unpooled.wrappedBuffer(new byte[bytes]);
        capture.data(chunk);
        chunk.release();
    }

    @Test
    void takesNoMemoryForWhatAHeadDeclares() {
        capture.head(declaring(60_000));

        assertThat(capture.capacity()).isZero();
    }

    @Test
    void takesWhatIsDeclaredAtOnceWhenItComes() {
        capture.head(declaring(60_000));
        data(1);
        assertThat(capture.capacity()).isEqualTo(60_000);
        data(59_999);
        assertThat(capture.capacity()).isEqualTo(60_000);
        assertThat(capture.length()).isEqualTo(60_000);
    }

    @Test
    void saysBeforehandWhatItWillTake() {
        long seed = 7;
        Random random = new Random(seed);
        for (int run = 0; run < 100; run++) {
            capture.head(declaring(random.nextInt(200_000)));
            for (int i = 0; i < 50; i++) {
                int more = random.nextInt(20_000);
                int said = capture.capacityFor(more);
                data(more);
                assertThat(capture.capacity()).as("seed %d", seed).isEqualTo(said);
            }
            capture.clear();
            assertThat(capture.capacity()).isLessThanOrEqualTo(4096);
        }
    }
}
