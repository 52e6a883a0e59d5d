package dev.carve.http;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** How sockets are waited for: epoll on Linux, io_uring by setting, NIO elsewhere. */
public enum Transport {
    EPOLL,
    IO_URING,
    NIO;

    private static final String MULTISHOT_POLL = "io.netty.iouring.pollAddMultishotEnabled";

    static {
        // Netty 4.2.18 asks once to be told of every readiness of a socket, and then may not be
        // told
        // of a reset that comes while it reads: the connection hangs until its time is over. Asking
        // anew after each read costs an entry in the queue. Read by Netty when io_uring is first
        // used.
        if (System.getProperty(MULTISHOT_POLL) == null) {
            System.setProperty(MULTISHOT_POLL, "false");
        }
    }

    /** The best one that this machine can run without being asked. */
    public static Transport preferred() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    /** Whether this machine can run it. */
    public boolean isAvailable() {
        return switch (this) {
            case EPOLL -> Epoll.isAvailable();
            case IO_URING -> IoUring.isAvailable();
            case NIO -> true;
        };
    }

    IoHandlerFactory handlers() {
        return switch (this) {
            case EPOLL -> EpollIoHandler.newFactory();
            case IO_URING -> IoUringIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    ServerChannel serverChannel() {
        return switch (this) {
            case EPOLL -> new EpollServerSocketChannel();
            case IO_URING -> new IoUringServerSocketChannel();
            case NIO -> new NioServerSocketChannel();
        };
    }

    /** A channel for an address as {@link #own} gives it. */
    DuplexChannel channel(SocketAddress to) {
        boolean inet = to instanceof InetSocketAddress;
        return switch (this) {
            case EPOLL -> inet ? new EpollSocketChannel() : new EpollDomainSocketChannel();
            case IO_URING -> inet ? new IoUringSocketChannel() : new IoUringDomainSocketChannel();
            case NIO -> inet ? new NioSocketChannel() : new NioDomainSocketChannel();
        };
    }

    /** A channel for datagrams, as name servers are asked. */
    DatagramChannel datagramChannel() {
        return switch (this) {
            case EPOLL -> new EpollDatagramChannel();
            case IO_URING -> new IoUringDatagramChannel();
            case NIO -> new NioDatagramChannel();
        };
    }

    /** A channel of the network, for an answer that is too long for a datagram. */
    SocketChannel socketChannel() {
        return switch (this) {
            case EPOLL -> new EpollSocketChannel();
            case IO_URING -> new IoUringSocketChannel();
            case NIO -> new NioSocketChannel();
        };
    }

    /** The address in the form that channels of this kind take. */
    SocketAddress own(SocketAddress address) {
        return switch (this) {
            case EPOLL, IO_URING ->
                    address instanceof UnixDomainSocketAddress unix
                            ? new DomainSocketAddress(unix.getPath().toString())
                            : address;
            case NIO -> address;
        };
    }
}
