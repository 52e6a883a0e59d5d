package dev.carve.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

class NoLeaksTest {

    private static void forget() {
        ByteBufAllocator.DEFAULT.buffer(64).writeByte(1);
    }

    @Test
    void aForgottenBufferIsFoundAndReleasedOnesAreNot() {
        NoLeaks.watch();
        ByteBufAllocator.DEFAULT.buffer(64).release();
        assertThatCode(NoLeaks::check).doesNotThrowAnyException();
        forget();
        assertThatThrownBy(NoLeaks::check)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("1 kinds of leaked buffers")
                .hasMessageContaining("forget");
        assertThatCode(NoLeaks::check).doesNotThrowAnyException();
    }
}
