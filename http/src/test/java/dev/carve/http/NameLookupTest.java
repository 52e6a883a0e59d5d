package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.NameLookup.Answer;
import dev.carve.http.NameLookup.Reason;
import dev.carve.http.NameLookup.Result;
import dev.carve.runtime.Clock;
import dev.carve.testkit.DnsReply;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.ScriptedDns;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Look-ups at a name server that does as it is told. */
@ExtendWith(NoLeaks.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class NameLookupTest {

    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final Answer NONE = new Answer.None(true);

    private final ScriptedDns dns = ScriptedDns.start();
    private Loops loops = Loops.start(Transport.preferred(), 1, Clock.system());

    @AfterEach
    void close() {
        loops.close();
        dns.close();
    }

    private static Answer found(int seconds, String... addresses) {
        return new Answer.Found(
                Stream.of(addresses).map(InetAddress::ofLiteral).toList(),
                Duration.ofSeconds(seconds));
    }

    private static Answer failed(Reason reason) {
        return new Answer.Failed(reason);
    }

    private Result lookUp(String name) throws Exception {
        return lookUp(name, PATIENT);
    }

    private Result lookUp(String name, Duration timeout) throws Exception {
        return lookUp(name, ResolverFile.of(dns.address()), timeout);
    }

    private Result lookUp(String name, ResolverFile file, Duration timeout) throws Exception {
        try (NameLookup lookup = new NameLookup(loops, () -> file, timeout)) {
            return lookup.addresses(name).get(30, TimeUnit.SECONDS);
        }
    }

    static List<Transport> transports() {
        return Stream.of(Transport.values()).filter(Transport::isAvailable).toList();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void bothFamiliesAreFoundWithTheirTimes(Transport transport) throws Exception {
        loops.close();
        loops = Loops.start(transport, 1, Clock.system());
        dns.reply("A", "users.test", new DnsReply.Addresses(30, "10.0.0.1", "10.0.0.2"));
        dns.reply("AAAA", "users.test", new DnsReply.Addresses(7, "fd00::1"));
        assertThat(lookUp("users.test"))
                .isEqualTo(new Result(found(30, "10.0.0.1", "10.0.0.2"), found(7, "fd00::1")));
        assertThat(dns.questions()).containsExactlyInAnyOrder("A users.test", "AAAA users.test");
    }

    @Test
    void aNameWithoutAddressesOfAFamilySaysSo() throws Exception {
        dns.reply("users.test", new DnsReply.Addresses(30, "10.0.0.1"));
        assertThat(lookUp("users.test")).isEqualTo(new Result(found(30, "10.0.0.1"), NONE));
        dns.reply("users.test", DnsReply.NOTHING);
        assertThat(lookUp("users.test")).isEqualTo(new Result(NONE, NONE));
    }

    @Test
    void aNameThatDoesNotExistIsToldFromOneThatIsEmpty() throws Exception {
        Answer unknown = new Answer.None(false);
        assertThat(lookUp("nobody.test")).isEqualTo(new Result(unknown, unknown));
        assertThat(dns.questions()).as("asked once each").hasSize(2);
    }

    @Test
    void theShortestTimeOnTheWayCounts() throws Exception {
        dns.reply(
                "users.test",
                new DnsReply.Alias(5, "blue.users.test", new DnsReply.Addresses(60, "10.0.0.1")));
        assertThat(lookUp("users.test").v4()).isEqualTo(found(5, "10.0.0.1"));
    }

    @Test
    void anAliasOfItselfLeadsNowhere() throws Exception {
        dns.reply("users.test", new DnsReply.Alias(5, "users.test", new DnsReply.Addresses(9)));
        assertThat(lookUp("users.test").v4()).isEqualTo(failed(Reason.MALFORMED));
    }

    @Test
    void addressesOfAnotherNameAreNotTaken() throws Exception {
        dns.reply(
                "users.test",
                new DnsReply.Stray("evil.test", new DnsReply.Addresses(60, "10.6.6.6")));
        assertThat(lookUp("users.test")).isEqualTo(new Result(NONE, NONE));
    }

    @Test
    void aFailureOfTheServerIsAskedAgainAndTold() throws Exception {
        dns.reply("users.test", DnsReply.SERVER_FAILURE);
        assertThat(lookUp("users.test"))
                .isEqualTo(
                        new Result(failed(Reason.SERVER_FAILURE), failed(Reason.SERVER_FAILURE)));
        assertThat(dns.questions()).hasSize(4);
        dns.reply("users.test", DnsReply.REFUSED);
        assertThat(lookUp("users.test").v4()).isEqualTo(failed(Reason.REFUSED));
    }

    @Test
    void oneFamilyMayFailWithoutTheOther() throws Exception {
        dns.reply("A", "users.test", new DnsReply.Addresses(30, "10.0.0.1"));
        dns.reply("AAAA", "users.test", DnsReply.SERVER_FAILURE);
        assertThat(lookUp("users.test"))
                .isEqualTo(new Result(found(30, "10.0.0.1"), failed(Reason.SERVER_FAILURE)));
    }

    @Test
    void silenceIsATimeOut() throws Exception {
        dns.reply("users.test", DnsReply.SILENCE);
        assertThat(lookUp("users.test", Duration.ofMillis(50)))
                .isEqualTo(new Result(failed(Reason.TIMEOUT), failed(Reason.TIMEOUT)));
    }

    @Test
    void aLongAnswerComesOverTcp() throws Exception {
        String[] many =
                IntStream.range(0, 1000)
                        .mapToObj(i -> "10.0." + i / 256 + "." + i % 256)
                        .toArray(String[]::new);
        dns.reply("A", "users.test", new DnsReply.Truncated(new DnsReply.Addresses(30, many)));
        dns.reply("AAAA", "users.test", DnsReply.NOTHING);
        assertThat(lookUp("users.test").v4()).isEqualTo(found(30, many));
        assertThat(dns.questions()).contains("A users.test tcp");
    }

    @Test
    void aPartOfALongAnswerIsNoAnswer() throws Exception {
        dns.reply("users.test", new DnsReply.Truncated(DnsReply.SILENCE));
        assertThat(lookUp("users.test", Duration.ofMillis(500)).v4())
                .isInstanceOf(Answer.Failed.class);
        dns.reply("users.test", new DnsReply.Truncated(new DnsReply.Truncated(DnsReply.SILENCE)));
        assertThat(lookUp("users.test").v4()).isEqualTo(failed(Reason.MALFORMED));
    }

    @Test
    void afterTheLoopsHaveEndedNothingIsKnown() throws Exception {
        NameLookup lookup = new NameLookup(loops, dns.address());
        loops.close();
        assertThat(lookup.addresses("users.test").get(30, TimeUnit.SECONDS).v4())
                .isEqualTo(failed(Reason.UNREACHABLE));
    }

    private ResolverFile searching(String... suffixes) {
        return new ResolverFile(List.of(dns.address()), List.of(suffixes), 5);
    }

    @Test
    void suffixesAreTriedInTurn() throws Exception {
        dns.reply("users.b.test", new DnsReply.Addresses(30, "10.0.0.1"));
        ResolverFile file = searching("a.test.", "b.test.");
        assertThat(lookUp("users", file, PATIENT).v4()).isEqualTo(found(30, "10.0.0.1"));
        assertThat(dns.questions()).doesNotContain("A users").contains("AAAA users.a.test");
    }

    @Test
    void aFailureIsNoReasonToTryAnotherName() throws Exception {
        dns.reply("A", "users.a.test", DnsReply.SERVER_FAILURE);
        dns.reply("users.b.test", new DnsReply.Addresses(30, "10.0.0.1"));
        ResolverFile file = searching("a.test.", "b.test.");
        assertThat(lookUp("users", file, PATIENT).v4()).isEqualTo(failed(Reason.SERVER_FAILURE));
    }

    @Test
    void aServerThatFailsIsFollowedByTheNext() throws Exception {
        try (ScriptedDns broken = ScriptedDns.start()) {
            broken.reply("users.test", DnsReply.SERVER_FAILURE);
            dns.reply("users.test", new DnsReply.Addresses(30, "10.0.0.1"));
            ResolverFile file =
                    new ResolverFile(List.of(broken.address(), dns.address()), List.of(), 1);
            assertThat(lookUp("users.test", file, PATIENT).v4()).isEqualTo(found(30, "10.0.0.1"));
            assertThat(broken.questions()).hasSize(2);
        }
    }
}
