package dev.carve.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One connection and the request it carries, if any. Lives on its loop from the first connect try
 * to the close; tells the {@link LoadLoop} how each request ended, once.
 *
 * <p>Event loop only.
 */
final class LoadConnection extends ChannelInboundHandlerAdapter {

    private final LoadLoop loop;
    private final ResponseReader reader;
    private @Nullable Channel channel;
    private boolean busy;
    private boolean closing;

    // The request carried, while busy.
    long intendedNanos;
    long number;

    // Links of the loop's list of busy connections, oldest intended start first.
    @Nullable LoadConnection older;
    @Nullable LoadConnection newer;

    // Its place among the loop's idle connections, or -1.
    int idleIndex = -1;

    LoadConnection(LoadLoop loop, ResponseReader reader) {
        this.loop = loop;
        this.reader = reader;
    }

    /** Takes a request on; it is sent at once or when the connection stands. */
    void carry(long requestNumber, long intended) {
        busy = true;
        number = requestNumber;
        intendedNanos = intended;
    }

    boolean isBusy() {
        return busy;
    }

    void connected(Channel connected) {
        channel = connected;
        connected.pipeline().addLast(this);
    }

    /** Sends the carried request; takes the buffer. */
    void send(ByteBuf request, boolean answersHead) {
        Channel open = channel;
        if (open == null) {
            request.release();
            throw new IllegalStateException("not connected");
        }
        reader.begin(answersHead);
        // A write that fails reaches exceptionCaught; a promise per request would cost more.
        var _ = open.writeAndFlush(request, open.voidPromise());
    }

    /** Ends the carried request without another word and closes. */
    void abandon() {
        busy = false;
        close();
    }

    void close() {
        closing = true;
        if (channel != null) {
            var _ = channel.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf buffer = (ByteBuf) message;
        try {
            while (buffer.isReadable()) {
                byte[] scratch = loop.scratch();
                int length = Math.min(scratch.length, buffer.readableBytes());
                buffer.readBytes(scratch, 0, length);
                read(scratch, length);
            }
        } finally {
            buffer.release();
        }
    }

    private void read(byte[] bytes, int length) {
        loop.received(length);
        if (!busy) {
            if (!closing) {
                loop.strayBytes();
                close();
            }
            return;
        }
        int used = reader.read(bytes, 0, length);
        String problem = reader.problem();
        if (problem != null) {
            fail(LoadError.BAD_RESPONSE, problem);
        } else if (reader.isComplete()) {
            if (used < length) {
                fail(LoadError.BAD_RESPONSE, "bytes after the end of the answer");
            } else {
                complete(reader.keepsAlive() && isWritten());
            }
        }
    }

    /** An answer before the whole request is out leaves a connection that cannot be used again. */
    private boolean isWritten() {
        ChannelOutboundBuffer out = channel == null ? null : channel.unsafe().outboundBuffer();
        return out != null && out.isEmpty();
    }

    private void complete(boolean reusable) {
        busy = false;
        loop.answered(this, reader, reusable);
    }

    /** Ends the carried request with an error and closes. */
    void fail(LoadError kind, String detail) {
        busy = false;
        loop.failed(this, kind, detail);
        close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (busy) {
            if (reader.endOfInput()) {
                complete(false);
            } else {
                busy = false;
                loop.failed(
                        this,
                        LoadError.CLOSED_EARLY,
                        reader.hasStarted() ? "inside an answer" : "before an answer");
            }
        }
        loop.closed(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (busy) {
            fail(LoadError.RESET, String.valueOf(cause.getMessage()));
        } else {
            close();
        }
    }
}
