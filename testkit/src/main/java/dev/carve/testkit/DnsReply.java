package dev.carve.testkit;

import java.util.List;

/** What a scripted name server does with a question. */
public sealed interface DnsReply {

    /** The name exists, and has nothing of the kind that was asked for. */
    DnsReply NOTHING = new Addresses(0);

    /** The name does not exist. */
    DnsReply NO_NAME = new Code(3);

    DnsReply SERVER_FAILURE = new Code(2);

    DnsReply REFUSED = new Code(5);

    /** No answer at all. */
    DnsReply SILENCE = new Silence();

    /**
     * Those of these addresses that are of the kind that was asked for.
     *
     * @param ttlSeconds their time to live
     * @param addresses in the order of the answer
     */
    record Addresses(int ttlSeconds, List<String> addresses) implements DnsReply {
        public Addresses(int ttlSeconds, String... addresses) {
            this(ttlSeconds, List.of(addresses));
        }
    }

    /**
     * An alias, and the addresses of what it stands for.
     *
     * @param ttlSeconds the time to live of the alias
     * @param target what it stands for
     * @param of the addresses of that
     */
    record Alias(int ttlSeconds, String target, Addresses of) implements DnsReply {}

    /**
     * Addresses of a name that was not asked for.
     *
     * @param owner that name
     * @param of its addresses
     */
    record Stray(String owner, Addresses of) implements DnsReply {}

    /**
     * A response code without anything else.
     *
     * @param code as RFC 1035 counts them
     */
    record Code(int code) implements DnsReply {}

    /** See {@link #SILENCE}. */
    record Silence() implements DnsReply {}

    /**
     * A datagram that says it was cut short, and another reply over TCP.
     *
     * @param overTcp what is said there; silence closes the connection
     */
    record Truncated(DnsReply overTcp) implements DnsReply {}
}
