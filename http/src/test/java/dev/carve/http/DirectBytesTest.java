package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DirectBytesTest {

    private static final ByteBufAllocator ALLOCATOR = new AdaptiveByteBufAllocator();

    /** Makes a buffer with room for so many bytes. */
    interface Maker {
        ByteBuf of(int capacity);
    }

    private static Stream<Arguments> makers() {
        Maker direct = ALLOCATOR::directBuffer;
        Maker heap = ALLOCATOR::heapBuffer;
        Maker slice =
                capacity -> {
                    ByteBuf whole = ALLOCATOR.directBuffer(capacity + 10).writeZero(7);
                    whole.skipBytes(7);
                    return whole;
                };
        Maker unpooled = Unpooled::directBuffer;
        Maker composite =
                capacity ->
                        Unpooled.wrappedBuffer(
                                        ALLOCATOR.directBuffer(capacity).writeZero(capacity),
                                        ALLOCATOR.directBuffer(3).writeZero(3))
                                .clear();
        return Stream.of(direct, heap, slice, unpooled, composite).map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("makers")
    void whatIsPutIsWhatIsGot(Maker maker) {
        Random random = new Random(20261122);
        for (int round = 0; round < 300; round++) {
            byte[] first = new byte[random.nextInt(100)];
            byte[] second = new byte[random.nextInt(5000)];
            random.nextBytes(first);
            random.nextBytes(second);
            ByteBuf buffer = maker.of(first.length + second.length);
            int start = buffer.readerIndex();
            int cut = first.length == 0 ? 0 : random.nextInt(first.length);
            DirectBytes.put(buffer, first, 0, cut);
            DirectBytes.put(buffer, first, cut, first.length - cut);
            ByteBuf other = maker.of(second.length);
            DirectBytes.put(other, second);
            DirectBytes.put(buffer, other);

            assertThat(other.readableBytes()).isEqualTo(second.length);
            byte[] expected = new byte[first.length + second.length];
            System.arraycopy(first, 0, expected, 0, first.length);
            System.arraycopy(second, 0, expected, first.length, second.length);
            assertThat(ByteBufUtil.getBytes(buffer)).isEqualTo(expected);

            buffer.skipBytes(cut);
            byte[] got = new byte[expected.length + 5];
            DirectBytes.get(buffer, got, 5, expected.length - cut);
            assertThat(got).startsWith(0, 0, 0, 0, 0);
            for (int i = 0; i < expected.length - cut; i++) {
                assertThat(got[5 + i]).isEqualTo(expected[cut + i]);
            }
            assertThat(buffer.readerIndex()).isEqualTo(start + cut);
            buffer.release();
            other.release();
        }
    }

    @Test
    void whatIsRetainedOfAnotherBufferIsCopiedFromItsPlace() {
        ByteBuf whole = ALLOCATOR.directBuffer(100).writeBytes(new byte[] {1, 2, 3, 4, 5, 6});
        whole.skipBytes(2);
        ByteBuf slice = whole.readRetainedSlice(3);
        ByteBuf to = ALLOCATOR.directBuffer(10);

        DirectBytes.put(to, slice);

        assertThat(ByteBufUtil.getBytes(to)).containsExactly(3, 4, 5);
        slice.release();
        whole.release();
        to.release();
    }

    @ParameterizedTest
    @MethodSource("makers")
    void moreThanThereIsOrThanThereIsRoomForIsRefused(Maker maker) {
        ByteBuf from = maker.of(10);
        DirectBytes.put(from, new byte[] {1, 2, 3});

        assertThatThrownBy(() -> DirectBytes.get(from, new byte[100], 0, 4 + from.capacity()))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> DirectBytes.get(from, new byte[2], 0, 3))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> DirectBytes.get(from, new byte[8], 0, -1))
                .isInstanceOfAny(IndexOutOfBoundsException.class, IllegalArgumentException.class);
        assertThatThrownBy(() -> DirectBytes.put(from, new byte[2], 1, 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
        from.release();
    }

    @Test
    void aBufferGrowsAsItWouldByItself() {
        ByteBuf small = ALLOCATOR.directBuffer(4);

        DirectBytes.put(small, new byte[1000]);

        assertThat(small.readableBytes()).isEqualTo(1000);
        small.release();
        ByteBuf fixed = ALLOCATOR.directBuffer(4, 4);
        assertThatThrownBy(() -> DirectBytes.put(fixed, new byte[5]))
                .isInstanceOf(IndexOutOfBoundsException.class);
        fixed.release();
    }

    @Test
    void aBufferThatWasReleasedIsNotTouched() {
        ByteBuf gone = ALLOCATOR.directBuffer(16).writeZero(8);
        gone.release();

        assertThatThrownBy(() -> DirectBytes.get(gone, new byte[8], 0, 8))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> DirectBytes.put(gone, new byte[1]))
                .isInstanceOf(IllegalStateException.class);
    }
}
