package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResolverFileTest {

    private static InetSocketAddress server(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), 53);
    }

    private static ResolverFile parse(String... lines) {
        return ResolverFile.parse(List.of(lines));
    }

    @Test
    void serversSearchAndDotsAreRead() {
        assertThat(
                        parse(
                                "# made by the cluster",
                                "nameserver 10.96.0.10",
                                "\tnameserver\tfd00::a",
                                "search shop.svc.cluster.local svc.cluster.local.",
                                "options edns0 ndots:5"))
                .isEqualTo(
                        new ResolverFile(
                                List.of(server("10.96.0.10"), server("fd00::a")),
                                List.of("shop.svc.cluster.local.", "svc.cluster.local."),
                                5));
    }

    @Test
    void whatCanNotBeUsedIsPassedOver() {
        assertThat(parse("nameserver", "nameserver ns.test", "options ndots:many", "search ."))
                .isEqualTo(new ResolverFile(List.of(server("127.0.0.1")), List.of(), 1));
        assertThat(ResolverFile.read(Path.of("there", "is", "none"))).isEqualTo(parse());
    }

    @Test
    void thereAreBounds() {
        ResolverFile file =
                parse(
                        "nameserver 10.0.0.1",
                        "nameserver 10.0.0.2",
                        "nameserver 10.0.0.3",
                        "nameserver 10.0.0.4",
                        "search a b c d e f g",
                        "options ndots:99");
        assertThat(file.servers()).hasSize(3);
        assertThat(file.search()).hasSize(6);
        assertThat(file.dots()).isEqualTo(15);
    }

    @Test
    void theLastSearchOrDomainCounts() {
        assertThat(parse("search a b", "domain c").search()).containsExactly("c.");
    }

    @Test
    void namesWithFewDotsAreSearchedFirst() {
        ResolverFile file = parse("search shop.test test", "options ndots:2");
        assertThat(file.candidates("users"))
                .containsExactly("users.shop.test.", "users.test.", "users.");
        assertThat(file.candidates("users.shop.test"))
                .containsExactly(
                        "users.shop.test.", "users.shop.test.shop.test.", "users.shop.test.test.");
        assertThat(file.candidates("users.")).containsExactly("users.");
    }
}
