package dev.carve.http;

import dev.carve.http.LoopCounters.Count;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * One connection beyond a bound: it is answered 503 at once, unasked, and ends. To close with the
 * request unread would reset the connection and could take the answer with it (RFC 9112 section
 * 9.6), so our half is closed and what comes is thrown away until the client closes, within bounds.
 *
 * <p>Thread: one event loop. Lifetime: from accepting to {@link #channelInactive}.
 */
final class Refusal extends ChannelInboundHandlerAdapter {

    static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);
    static final int DISCARD_BYTES_MAX = 256 * 1024;

    private static final byte[] FULL =
            Ascii.bytes(
                    "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n"
                            + "Carve-Error: overloaded\r\nContent-Length: 0\r\n\r\n");

    private final Loop loop;
    private final Listener listener;
    private final Channel channel;
    private final Count reason;
    private final boolean lingers;
    private final Timeout timeout =
            new Timeout() {
                @Override
                void expired(long nowNanos) {
                    channel.close();
                }
            };
    private int discarded;

    /**
     * @param lingers whether it may wait for the client; counted by the listener if so
     */
    Refusal(Loop loop, Listener listener, Channel channel, Count reason, boolean lingers) {
        this.loop = loop;
        this.listener = listener;
        this.channel = channel;
        this.reason = reason;
        this.lingers = lingers;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        loop.tick();
        loop.counters().add(reason, 1);
        var answered = channel.writeAndFlush(Unpooled.wrappedBuffer(FULL));
        if (lingers && channel instanceof SocketChannel socket) {
            loop.setTimeout(timeout, loop.now() + LINGER_NANOS);
            answered.addListener(_ -> socket.shutdownOutput());
        } else {
            answered.addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        discarded += ((ByteBuf) message).readableBytes();
        ReferenceCountUtil.release(message);
        if (discarded > DISCARD_BYTES_MAX) {
            channel.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        channel.close(); // Its client has gone, or a write failed: there is nobody to tell.
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.removeTimeout(timeout);
        listener.refusalEnded(lingers);
    }
}
