package dev.carve.http;

import io.netty.channel.AddressedEnvelope;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks name servers for all addresses of a name, and for how long they hold. Keeps nothing: whoever
 * asks knows when to ask again.
 *
 * <p>Implementation notes. Netty writes and reads the packets, tells a time-out, and asks again
 * over TCP where a datagram was too short. Which servers and which whole names are tried is decided
 * here, since the three kinds of answer must stay apart: there are addresses, there are none, and
 * nobody knows. The two families are asked side by side; each has an answer of its own, so that a
 * server that fails at one does not take away the other.
 *
 * <p>Threads: any may ask; the rest is on one event loop.
 */
public final class NameLookup implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofMillis(1500);

    /** A datagram may be lost, so that even a single server is asked again. */
    private static final int TRIES_MIN = 2;

    private final Loop loop;
    private final Supplier<ResolverFile> file;
    private final DnsNameResolver resolver;

    /**
     * The addresses of a name.
     *
     * @param v4 of IPv4
     * @param v6 of IPv6
     */
    public record Result(Answer v4, Answer v6) {}

    /** What is known of one family of addresses. */
    public sealed interface Answer {

        /**
         * These and no others.
         *
         * @param addresses never empty
         * @param ttl how long this holds
         */
        record Found(List<InetAddress> addresses, Duration ttl) implements Answer {}

        /**
         * The name servers say that there are none.
         *
         * @param exists whether the name is known at all
         */
        record None(boolean exists) implements Answer {}

        /** Nobody knows. */
        record Failed(Reason reason) implements Answer {}
    }

    /** Why nobody knows. */
    public enum Reason {
        TIMEOUT,
        SERVER_FAILURE,
        REFUSED,
        MALFORMED,
        UNREACHABLE
    }

    /**
     * @param server that is asked; null for those of the system
     */
    public NameLookup(Loops loops, @Nullable InetSocketAddress server) {
        this(
                loops,
                server == null
                        ? () -> ResolverFile.read(ResolverFile.SYSTEM)
                        : () -> ResolverFile.of(server),
                TIMEOUT);
    }

    /**
     * @param file what the system says, as of now
     * @param timeout of one question to one server
     */
    NameLookup(Loops loops, Supplier<ResolverFile> file, Duration timeout) {
        // The first one accepts.
        this.loop = loops.all().getLast();
        this.file = file;
        Transport transport = loops.transport();
        resolver =
                new DnsNameResolverBuilder(loop.netty())
                        .datagramChannelFactory(transport::datagramChannel)
                        .socketChannelFactory(transport::socketChannel)
                        .queryTimeoutMillis(timeout.toMillis())
                        .resolveCache(NoopDnsCache.INSTANCE)
                        .cnameCache(NoopDnsCnameCache.INSTANCE)
                        .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
                        // Each question names its server; without this one Netty reads files.
                        .nameServerProvider(
                                new SingletonDnsServerAddressStreamProvider(
                                        ResolverFile.parse(List.of()).servers().getFirst()))
                        .searchDomains(List.of())
                        .ndots(1)
                        .build();
    }

    /**
     * Asks for a name; never fails but by its result. Reads the system's file, so that a thread is
     * to be called that may do so.
     */
    public CompletableFuture<Result> addresses(String name) {
        ResolverFile now = file.get();
        Question question = new Question(now.servers(), now.candidates(name));
        try {
            loop.execute(question::begin);
        } catch (RuntimeException over) {
            // The loops have ended, and with them the need to know.
            question.result.complete(failed(Reason.UNREACHABLE));
        }
        return question.result;
    }

    private static Result failed(Reason reason) {
        return new Result(new Answer.Failed(reason), new Answer.Failed(reason));
    }

    /** One look-up under way. Event loop only. */
    private final class Question {
        final CompletableFuture<Result> result = new CompletableFuture<>();
        private final List<InetSocketAddress> servers;
        private final List<String> candidates;
        private int candidate;
        private boolean exists;
        private @Nullable Answer v4;
        private @Nullable Answer v6;

        Question(List<InetSocketAddress> servers, List<String> candidates) {
            this.servers = servers;
            this.candidates = candidates;
        }

        void begin() {
            v4 = null;
            v6 = null;
            ask(DnsRecordType.A, 0);
            ask(DnsRecordType.AAAA, 0);
        }

        private void ask(DnsRecordType type, int tries) {
            InetSocketAddress to = servers.get(tries % servers.size());
            try {
                DnsQuestion question = new DefaultDnsQuestion(candidates.get(candidate), type);
                resolver.query(to, question)
                        .addListener(
                                (Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> done) ->
                                        answered(type, tries, answer(question, done)));
            } catch (RuntimeException unasked) {
                answered(type, tries, new Answer.Failed(Reason.UNREACHABLE));
            }
        }

        private Answer answer(
                DnsQuestion question,
                Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> done) {
            AddressedEnvelope<DnsResponse, InetSocketAddress> envelope = done.getNow();
            if (!done.isSuccess() || envelope == null) {
                return new Answer.Failed(
                        done.cause() instanceof DnsNameResolverTimeoutException
                                ? Reason.TIMEOUT
                                : Reason.UNREACHABLE);
            }
            try {
                return NameAnswer.read(question, envelope.content());
            } finally {
                envelope.release();
            }
        }

        private void answered(DnsRecordType type, int tries, Answer answer) {
            if (answer instanceof Answer.Failed
                    && tries + 1 < Math.max(TRIES_MIN, servers.size())) {
                ask(type, tries + 1);
                return;
            }
            if (type.equals(DnsRecordType.A)) {
                v4 = answer;
            } else {
                v6 = answer;
            }
            Answer one = v4;
            Answer other = v6;
            if (one != null && other != null) {
                bothAnswered(one, other);
            }
        }

        /** Only where both say no is the next whole name tried: a failure decides nothing. */
        private void bothAnswered(Answer one, Answer other) {
            if (one instanceof Answer.None(boolean oneExists)
                    && other instanceof Answer.None(boolean otherExists)) {
                exists |= oneExists || otherExists;
                candidate++;
                if (candidate < candidates.size()) {
                    begin();
                } else {
                    Answer none = new Answer.None(exists);
                    result.complete(new Result(none, none));
                }
            } else {
                result.complete(new Result(one, other));
            }
        }
    }

    /** Lets its sockets go; questions under way end as failed. */
    @Override
    public void close() {
        resolver.close();
    }
}
