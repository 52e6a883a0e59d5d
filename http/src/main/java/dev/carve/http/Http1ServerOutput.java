package dev.carve.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;

/**
 * Writes to one client connection. While requests are being worked off flushes are put together, so
 * that the answers to pipelined requests leave in one write.
 *
 * <p>Thread: one event loop. Lifetime: that of its connection.
 */
final class Http1ServerOutput {

    private final Http1ServerConnection connection;
    private final Channel channel;
    private final ChannelPromise noPromise;
    private boolean flushWanted;

    Http1ServerOutput(Http1ServerConnection connection, Channel channel) {
        this.connection = connection;
        this.channel = channel;
        this.noPromise = channel.voidPromise();
    }

    /** Takes the buffer. */
    void write(ByteBuf out) {
        channel.write(out, noPromise);
    }

    /** Flushes now, or once after all the requests at hand. */
    void flush() {
        if (connection.isReading()) {
            flushWanted = true;
        } else {
            channel.flush();
        }
    }

    /** The requests at hand have been worked off. */
    void flushIfWanted() {
        if (flushWanted) {
            flushWanted = false;
            channel.flush();
        }
    }

    /** Whether the client has room for more once it has what was written. */
    boolean isWritable() {
        flushIfWanted();
        return channel.isWritable();
    }

    /** What the client has not taken yet. */
    long unsentBytes() {
        return BufferBound.unsentBytes(channel);
    }

    /** Ends our half of the connection once the client has taken what waits. */
    void flushThenShut() {
        flushWanted = false;
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> shut());
    }

    private void shut() {
        if (channel instanceof SocketChannel socket && socket.isActive()) {
            socket.shutdownOutput();
            connection.outputShut();
        }
    }

    /** Closes the connection once the client has taken what waits. */
    void flushThenClose() {
        flushWanted = false;
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** What waits is thrown away, and the end that follows is a reset. */
    void resetOnClose() {
        if (channel instanceof SocketChannel socket) {
            socket.config().setSoLinger(0);
        }
    }
}
