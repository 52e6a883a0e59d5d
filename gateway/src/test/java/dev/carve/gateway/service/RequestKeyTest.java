package dev.carve.gateway.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.balance.Picker;
import dev.carve.gateway.settings.Network;
import dev.carve.http.Head;
import dev.carve.http.Peer;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestKeyTest {

    private static Head head(String... fields) {
        Head head = new Head().startRequest("GET", "/");
        for (int i = 0; i < fields.length; i += 2) {
            head.add(fields[i], fields[i + 1]);
        }
        return head;
    }

    private static long cookie(String... values) {
        Head head = head();
        for (String each : values) {
            head.add("Cookie", each);
        }
        return RequestKey.cookie("sid").of(head, null);
    }

    @Test
    void headersAreFoundWhateverTheCaseOfTheirName() {
        RequestKey key = RequestKey.header("X-User");
        assertThat(key.of(head("x-user", "7"), null)).isEqualTo(key.of(head("X-USER", "7"), null));
        assertThat(key.of(head("X-User", "7"), null))
                .isNotEqualTo(key.of(head("X-User", "8"), null));
        assertThat(key.of(head("X-Use", "7"), null)).isEqualTo(Picker.NO_KEY);
    }

    @Test
    void cookiesAreFoundAmongOthers() {
        long key = cookie("sid=abc");
        assertThat(key).isNotEqualTo(Picker.NO_KEY);
        assertThat(cookie("a=1; sid=abc; b=2")).isEqualTo(key);
        assertThat(cookie("a=1;sid=abc")).isEqualTo(key);
        assertThat(cookie("a=1", "sid=abc  ; b=2")).isEqualTo(key);
        assertThat(cookie(";; ;sid=abc")).isEqualTo(key);
        assertThat(cookie("sid=abc; sid=other")).isEqualTo(key);
        assertThat(cookie("sid=abd")).isNotEqualTo(key);
    }

    @Test
    void whatOnlyLooksLikeTheCookieIsPassedOver() {
        for (String each :
                new String[] {"", "sid", "sidx=abc", "xsid=abc", "SID=abc", "a=sid=abc", "; ;"}) {
            assertThat(cookie(each)).as(each).isEqualTo(Picker.NO_KEY);
        }
    }

    @Test
    void theAddressCountsWithoutItsPort() throws Exception {
        RequestKey key = RequestKey.address();
        InetAddress one = InetAddress.getByName("192.0.2.1");
        InetAddress other = InetAddress.getByName("192.0.2.2");
        long first = key.of(head(), new Peer(one, 1, 80, false));
        assertThat(key.of(head(), new Peer(one, 2, 80, false))).isEqualTo(first);
        assertThat(key.of(head(), new Peer(other, 1, 80, false))).isNotEqualTo(first);
        assertThat(key.of(head(), null)).isEqualTo(Picker.NO_KEY);
    }

    private static long through(String peer, String... forwardedFor) {
        Head head = head();
        for (String each : forwardedFor) {
            head.add("X-Forwarded-For", each);
        }
        RequestKey key =
                RequestKey.address(
                        List.of(Network.parse("10.0.0.0/8"), Network.parse("2001:db8::/32")));
        return key.of(head, new Peer(InetAddress.ofLiteral(peer), 1, 80, false));
    }

    @Test
    void behindTrustedProxiesTheAddressIsThatOfTheLastWhoIsNone() {
        long client = through("192.0.2.1");
        assertThat(through("10.0.0.1", "192.0.2.1")).isEqualTo(client);
        assertThat(through("10.0.0.1", "203.0.113.9, 192.0.2.1")).isEqualTo(client);
        assertThat(through("10.0.0.1", "203.0.113.9,192.0.2.1 , 10.0.0.2")).isEqualTo(client);
        assertThat(through("2001:db8::1", "203.0.113.9", "192.0.2.1, 2001:db8::2"))
                .isEqualTo(client);
        assertThat(through("10.0.0.1", "192.0.2.1:4711, [2001:db8::2]:80")).isEqualTo(client);
    }

    @Test
    void whoIsNotTrustedIsNotBelieved() {
        assertThat(through("192.0.2.1", "203.0.113.9")).isEqualTo(through("192.0.2.1"));
        assertThat(through("192.0.2.1", "10.0.0.1")).isEqualTo(through("192.0.2.1"));
    }

    @Test
    void whereNoAddressIsForwardedItIsTheProxysOwn() {
        assertThat(through("10.0.0.1", "")).isEqualTo(through("10.0.0.1"));
        assertThat(through("10.0.0.1", " , ,")).isEqualTo(through("10.0.0.1"));
        assertThat(through("10.0.0.1", "10.0.0.3, 10.0.0.2")).isEqualTo(through("10.0.0.3"));
        assertThat(through("10.0.0.1", "unknown"))
                .as("a word like any other")
                .isNotEqualTo(through("10.0.0.1"))
                .isEqualTo(through("10.0.0.2", "unknown"));
    }

    @Test
    void anIdIsSixteenHexadecimalDigits() {
        RequestKey key = new StickyCookie("lb", "").key();
        assertThat(key.of(head("Cookie", "lb=0123456789abcdef"), null))
                .isEqualTo(0x0123456789abcdefL);
        assertThat(key.of(head("Cookie", "lb=FEDCBA9876543210"), null))
                .isEqualTo(0xFEDCBA9876543210L);
        for (String each :
                new String[] {
                    "lb=",
                    "lb=0123456789abcde",
                    "lb=0123456789abcdef0",
                    "lb=0123456789abcdeg",
                    "lb=\"123456789abcde\""
                }) {
            assertThat(key.of(head("Cookie", each), null)).as(each).isEqualTo(Picker.NO_KEY);
        }
    }
}
