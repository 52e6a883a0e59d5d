package dev.carve.load;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/**
 * Which of the machine's ways to wait for sockets is used.
 *
 * @param io makes the handler of one event loop
 * @param channels makes client connections
 * @param listeners makes the listener that a run is rehearsed on
 * @param timerGrainNanos what its timed wait may oversleep by design; the loop turns without
 *     waiting for the last bit before an arrival
 */
record Transport(
        IoHandlerFactory io,
        ChannelFactory<Channel> channels,
        ChannelFactory<ServerChannel> listeners,
        long timerGrainNanos) {

    /** epoll where its library loads, whose waits end within the kernel's timer slack; else NIO. */
    static Transport best() {
        return Epoll.isAvailable()
                ? new Transport(
                        EpollIoHandler.newFactory(),
                        EpollSocketChannel::new,
                        EpollServerSocketChannel::new,
                        0)
                : nio();
    }

    /** NIO, whose selector waits in whole milliseconds. */
    static Transport nio() {
        return new Transport(
                NioIoHandler.newFactory(),
                NioSocketChannel::new,
                NioServerSocketChannel::new,
                1_000_000);
    }
}
