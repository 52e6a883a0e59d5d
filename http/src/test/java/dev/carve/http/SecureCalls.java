package dev.carve.http;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Clock;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import dev.carve.testkit.TestAuthority;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Calls over TLS against real servers, as the tests of them make them. */
@ExtendWith(NoLeaks.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
abstract class SecureCalls {

    static final TestAuthority AUTHORITY = new TestAuthority("ours");
    static final TestAuthority.Identity SERVER = AUTHORITY.issue("users.internal");
    static final Step OK = new Step.RespondText(200, List.of(), "well");
    static final String NAME = "users.internal";

    static final UpstreamSettings PATIENT = settings(Duration.ofSeconds(20));

    Loops loops = Loops.start(Transport.preferred(), 1, Clock.system());

    static UpstreamSettings settings(Duration connect) {
        Duration long20 = Duration.ofSeconds(20);
        return new UpstreamSettings(
                connect, long20, long20, long20, 4, Duration.ofSeconds(2), 16, HeadLimits.DEFAULT);
    }

    @AfterEach
    void close() {
        loops.close();
    }

    static UpstreamTls trusting(X509Certificate... authorities) {
        return UpstreamTls.of(
                new UpstreamTls.Material(List.of(authorities), List.of(), null, true));
    }

    static UpstreamTls trusting() {
        return trusting(AUTHORITY.certificate());
    }

    Upstream upstream(int port, UpstreamTls tls, String name, UpstreamSettings settings) {
        Upstream made =
                new Upstream(
                        loops,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        settings);
        made.secure(tls, name);
        return made;
    }

    Upstream upstream(ScriptedUpstream to) {
        return upstream(to.port(), trusting(), NAME, PATIENT);
    }

    OneCall get(Upstream upstream) throws Exception {
        return OneCall.get().on(loops.all().getFirst(), upstream).await();
    }

    long count(Count count) {
        return loops.all().getFirst().counters().get(count);
    }
}
