package dev.carve.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;

/**
 * The secure layer of one upstream connection: its handshake, and the word with which either side
 * ends what it sends (close_notify, RFC 8446 section 6.1). Without that word an end is a cut, which
 * anybody on the way can make.
 *
 * <p>Thread: one event loop. Lifetime: that of its connection.
 */
final class TlsLayer {

    private final SslHandler handler;
    private boolean ended;

    TlsLayer(SslHandler handler) {
        this.handler = handler;
    }

    SslHandler handler() {
        return handler;
    }

    /** Tells once the handshake, which begins by itself, is over. The channel is registered. */
    void afterHandshake(GenericFutureListener<Future<Channel>> then) {
        handler.handshakeFuture().addListener(then);
    }

    /** Whether an event of the channel is the upstream's word that it sends no more. */
    boolean isEnd(Object event) {
        boolean end = !ended && event == SslCloseCompletionEvent.SUCCESS;
        ended |= end;
        return end;
    }

    /** Whether that word has come. */
    boolean hasEnded() {
        return ended;
    }

    /** Ends what we send, after all that was written, with our word before the FIN. */
    void shutOutput(DuplexChannel channel) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(
                        _ -> handler.closeOutbound().addListener(_ -> channel.shutdownOutput()));
    }
}
