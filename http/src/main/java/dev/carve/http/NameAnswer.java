package dev.carve.http;

import dev.carve.http.NameLookup.Answer;
import dev.carve.http.NameLookup.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the addresses out of a name server's answer (RFC 1035): those of the name that was asked
 * for, over its aliases, and no others that it may hold. Stateless.
 */
final class NameAnswer {

    private static final int ALIASES_MAX = 16;

    private NameAnswer() {}

    static Answer read(DnsQuestion question, DnsResponse response) {
        if (response.isTruncated()) {
            // Netty asked again over TCP, in vain; a part of a list would drain the rest.
            return new Answer.Failed(Reason.MALFORMED);
        }
        DnsResponseCode code = response.code();
        if (code.equals(DnsResponseCode.NXDOMAIN)) {
            return new Answer.None(false);
        }
        if (!code.equals(DnsResponseCode.NOERROR)) {
            boolean refused = code.equals(DnsResponseCode.REFUSED);
            return new Answer.Failed(refused ? Reason.REFUSED : Reason.SERVER_FAILURE);
        }
        try {
            return addresses(question, response);
        } catch (CorruptedFrameException | UnknownHostException malformed) {
            return new Answer.Failed(Reason.MALFORMED);
        }
    }

    private static Answer addresses(DnsQuestion question, DnsResponse response)
            throws UnknownHostException {
        List<DnsRawRecord> records = records(response);
        String name = question.name();
        long seconds = Integer.MAX_VALUE;
        for (int aliases = 0; aliases <= ALIASES_MAX; aliases++) {
            Set<InetAddress> found = new LinkedHashSet<>();
            String alias = null;
            for (DnsRawRecord each : records) {
                if (!each.name().equalsIgnoreCase(name)) {
                    continue;
                }
                if (each.type().equals(question.type())) {
                    found.add(address(each.content()));
                    seconds = Math.min(seconds, each.timeToLive());
                } else if (each.type().equals(DnsRecordType.CNAME)) {
                    alias = target(each.content());
                    seconds = Math.min(seconds, each.timeToLive());
                }
            }
            if (!found.isEmpty()) {
                return new Answer.Found(List.copyOf(found), Duration.ofSeconds(seconds));
            }
            if (alias == null) {
                return new Answer.None(true);
            }
            name = alias;
        }
        return new Answer.Failed(Reason.MALFORMED);
    }

    private static List<DnsRawRecord> records(DnsResponse response) {
        List<DnsRawRecord> records = new ArrayList<>();
        for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
            DnsRecord each = response.recordAt(DnsSection.ANSWER, i);
            if (each instanceof DnsRawRecord raw) {
                records.add(raw);
            }
        }
        return records;
    }

    private static InetAddress address(ByteBuf content) throws UnknownHostException {
        byte[] bytes = new byte[content.readableBytes()];
        content.getBytes(content.readerIndex(), bytes);
        return InetAddress.getByAddress(bytes);
    }

    private static @Nullable String target(ByteBuf content) {
        return DefaultDnsRecordDecoder.decodeName(content.duplicate());
    }
}
