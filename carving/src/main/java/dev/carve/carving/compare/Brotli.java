package dev.carve.carving.compare;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The one place that knows the decoder of br. It is native code, which some platforms lack; there
 * bodies in br are skipped like those in any coding that is not known.
 *
 * <p>Threads: whoever opens a source reads and closes it.
 */
final class Brotli {

    /** What a read returns at the end of the body. */
    static final int END = -1;

    /** What a read returns where the body is no br. */
    static final int BAD = -2;

    private static final int INPUT = 16 << 10;

    private Brotli() {}

    /** Begins to decode a range of bytes; null where that can not be done. */
    static @Nullable Source open(byte[] bytes, int from, int to) {
        if (!Brotli4jLoader.isAvailable()) {
            return null;
        }
        try {
            return new Source(new DecoderJNI.Wrapper(INPUT), bytes, from, to);
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * A body that is decoded piece by piece. Not by the library's own stream: that one takes it for
     * the end when the decoder, asked for output, says that it wants input; but it may have more
     * output from the input it had, and has where a body shrank very much.
     */
    static final class Source implements AutoCloseable {
        private final DecoderJNI.Wrapper decoder;
        private final byte[] bytes;
        private final int to;
        private int at;
        private @Nullable ByteBuffer decoded;
        private boolean pulled;

        private Source(DecoderJNI.Wrapper decoder, byte[] bytes, int from, int to) {
            this.decoder = decoder;
            this.bytes = bytes;
            this.at = from;
            this.to = to;
        }

        /** The number of bytes read, at least 1; or {@link #END} or {@link #BAD}. */
        int read(byte[] into, int offset, int length) {
            while (decoded == null || !decoded.hasRemaining()) {
                if (decoder.hasOutput()) {
                    // Native memory, good until the decoder is asked for anything else.
                    decoded = decoder.pull();
                    pulled = true;
                    continue;
                }
                switch (decoder.getStatus()) {
                    case DONE -> {
                        return at == to ? END : BAD;
                    }
                    case ERROR -> {
                        return BAD;
                    }
                    case OK, NEEDS_MORE_OUTPUT -> decoder.push(0);
                    case NEEDS_MORE_INPUT -> {
                        if (!pulled && at == to) {
                            return BAD;
                        }
                        push();
                    }
                }
            }
            int read = Math.min(length, decoded.remaining());
            decoded.get(into, offset, read);
            return read;
        }

        /** Gives it more input; after output nothing, for it may have more from what it has. */
        private void push() {
            if (pulled) {
                pulled = false;
                decoder.push(0);
                return;
            }
            ByteBuffer input = decoder.getInputBuffer();
            input.clear();
            int size = Math.min(to - at, input.remaining());
            input.put(bytes, at, size);
            at += size;
            decoder.push(size);
        }

        @Override
        public void close() {
            decoder.destroy();
        }
    }
}
