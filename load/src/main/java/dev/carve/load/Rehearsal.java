package dev.carve.load;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A short load on a throw-away listener of our own, so that the first requests of the real run do
 * not wait for this program's classes to load and compile: 0.6 s of lateness at the start of a run
 * of 3 s, measured, would pass for the server's.
 */
final class Rehearsal {

    private static final Duration LASTING = Duration.ofMillis(400);
    private static final int PER_SECOND = 4000;
    private static final ByteBuf ANSWER =
            Unpooled.unreleasableBuffer(
                    Unpooled.directBuffer()
                            .writeBytes(
                                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                                            .getBytes(StandardCharsets.US_ASCII)));

    private Rehearsal() {}

    /** Sends the plan's kind of request, with its template fields but without its body. */
    static void of(LoadPlan plan, Transport transport) throws IOException {
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport.io());
        try {
            Channel listening =
                    new ServerBootstrap()
                            .group(group)
                            .channelFactory(transport.listeners())
                            .childHandler(
                                    new ChannelInitializer<Channel>() {
                                        @Override
                                        protected void initChannel(Channel channel) {
                                            channel.pipeline().addLast(new Answering());
                                        }
                                    })
                            .bind(InetAddress.getLoopbackAddress(), 0)
                            .syncUninterruptibly()
                            .channel();
            int port = ((InetSocketAddress) listening.localAddress()).getPort();
            Target target = Target.parse(plan.request().url());
            LoadRequest request =
                    new LoadRequest(
                            "GET",
                            "http://127.0.0.1:" + port + target.pathAndQuery(),
                            plan.request().headers(),
                            new LoadBody.None(),
                            true);
            LoadPlan rehearsed =
                    new LoadPlan(
                            request,
                            new LoadPlan.Pace.Open(
                                    RateProfile.constant(PER_SECOND, LASTING), Arrivals.POISSON),
                            Expectation.usual(),
                            LoadPlan.Limits.usual().withConnections(16),
                            plan.seed());
            LoadResult result = LoadRun.start(rehearsed, LoadListener.silent(), transport).await();
            // The report and its classes too are needed at once when the first second is over.
            String _ = LoadReport.text(result, ReportStyle.plain());
        } finally {
            boolean _ =
                    group.shutdownGracefully(0, 1, TimeUnit.SECONDS)
                            .awaitUninterruptibly(2, TimeUnit.SECONDS);
        }
    }

    /** Answers each read, which on loopback is one request of ours. */
    private static final class Answering extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            var _ = ctx.writeAndFlush(ANSWER.duplicate(), ctx.voidPromise());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            var _ = ctx.close();
        }
    }
}
