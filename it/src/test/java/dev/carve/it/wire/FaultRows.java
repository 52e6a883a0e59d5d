package dev.carve.it.wire;

import dev.carve.it.wire.FaultCase.Act;
import dev.carve.it.wire.FaultCase.Counted;
import dev.carve.it.wire.FaultCase.Expected;
import dev.carve.it.wire.FaultCase.Phase;
import dev.carve.it.wire.FaultCase.Side;
import dev.carve.it.wire.FaultCase.Upstream;
import dev.carve.testkit.Octets;
import dev.carve.testkit.Script;
import dev.carve.testkit.Step;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What the rows of {@link FaultTable} are made of. Stateless. */
final class FaultRows {

    static final String GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
    static final String POST_HEAD = "POST /a HTTP/1.1\r\nHost: h\r\n";
    static final String OK = "HTTP/1.1 200 OK\r\n";
    static final String FIVE = "Content-Length: 5\r\n\r\n";
    static final String TEN = "Content-Length: 10\r\n\r\n";
    static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";

    static final Duration SLOW = Duration.ofMillis(100);
    static final Duration QUICK = Duration.ofMillis(2);

    static final Step HELLO_ANSWER = new Step.RespondText(200, List.of(), "hello");
    static final Script GOOD = Script.perRequest(HELLO_ANSWER);
    static final Expected HELLO = new Expected.Whole(200, "hello");

    private FaultRows() {}

    /** A fault of the service, met by a GET. */
    static FaultCase upstream(Phase phase, String fault, Script... scripts) {
        return upstream(phase, fault, scripted(scripts));
    }

    static FaultCase upstream(Phase phase, String fault, Upstream upstream) {
        return new FaultCase(
                phase,
                Side.UPSTREAM,
                fault,
                upstream,
                List.of(send(GET)),
                HELLO,
                Set.of(),
                Counted.AT_SERVICE,
                GatewayUnderTest.Bounds.SMALL);
    }

    /** A fault of the client, before a service that is all right. */
    static FaultCase client(Phase phase, String fault, Act... acts) {
        return upstream(phase, fault, GOOD).by(Side.CLIENT).acting(acts);
    }

    static Upstream scripted(Script... scripts) {
        return new Upstream.Scripted(List.of(scripts));
    }

    static Act send(String latin1) {
        return new Act.Send(Octets.of(latin1));
    }

    /** With the escapes of {@link Octets#parse}. */
    static Octets large(String escaped) {
        return Octets.parse(escaped);
    }

    static Step slowly(String latin1, Duration pause) {
        return new Step.Dribble(Octets.of(latin1), 1, pause);
    }
}
