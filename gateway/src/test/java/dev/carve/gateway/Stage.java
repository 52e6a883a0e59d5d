package dev.carve.gateway;

import dev.carve.gateway.metrics.TrafficMetrics;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.ProtectionView;
import dev.carve.gateway.service.Service;
import dev.carve.testkit.Await;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

/** Instances with names behind one service {@code m} with settings of its own. */
final class Stage implements AutoCloseable {

    final List<ScriptedUpstream> instances = new ArrayList<>();
    final RunningGateway gateway;

    /**
     * Starts one instance for each script.
     *
     * @param settings lines inside the service
     * @param route lines inside its one route, joined by commas
     */
    Stage(String settings, String route, Script... scripts) {
        this(1, settings, route, scripts);
    }

    /** The same on so many loops. */
    Stage(int loops, String settings, String route, Script... scripts) {
        for (Script each : scripts) {
            instances.add(ScriptedUpstream.start(each));
        }
        gateway = RunningGateway.start(yaml(settings, route), loops);
    }

    Stage(String settings, Script... scripts) {
        this(settings, "", scripts);
    }

    /** Answers each request with 200 and this text. */
    static Script good(String name) {
        return Script.perRequest(new Step.RespondText(200, List.of(), name));
    }

    /** Answers nothing. */
    static Script stalling() {
        return Script.perRequest(new Step.HoldUntilPeerEnds());
    }

    static Script status(int status) {
        return Script.perRequest(new Step.RespondText(status, List.of(), "status " + status));
    }

    String yaml(String settings, String route) {
        StringBuilder yaml = new StringBuilder("services:\n  m:\n    urls:\n");
        for (ScriptedUpstream each : instances) {
            yaml.append("      - http://127.0.0.1:").append(each.port()).append('\n');
        }
        for (String line : settings.split("\n")) {
            yaml.append("    ").append(line).append('\n');
        }
        return yaml.append("routes: [{match: /, to: m")
                .append(route.isEmpty() ? "" : ", ")
                .append(route)
                .append("}]\n")
                .toString();
    }

    void reload(String settings, String route) {
        gateway.gateway.load(RunningGateway.settings(yaml(settings, route)));
    }

    Service service() {
        return gateway.gateway.registry().services().iterator().next();
    }

    Instance instance(int number) {
        return service().members().instances().get(number);
    }

    ProtectionView view() {
        return service().protectionView();
    }

    ProtectionView.LimitView limit() {
        return Objects.requireNonNull(view().limit());
    }

    ProtectionView.BreakerView breaker() {
        return Objects.requireNonNull(view().breaker());
    }

    TrafficMetrics.Totals totals() {
        return service().metrics().totals();
    }

    RawResponse get() throws IOException {
        return gateway.get("/");
    }

    /** The statuses of so many requests, each on a connection of its own. */
    List<Integer> statuses(int requests) throws IOException {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            statuses.add(get().status());
        }
        return statuses;
    }

    static List<Integer> all(int requests, int status) {
        return Collections.nCopies(requests, status);
    }

    /** Control has looked at all that happened before. */
    void awaitTurn() {
        CountDownLatch turned = new CountDownLatch(1);
        service().protection().turnSoon();
        gateway.control.execute(turned::countDown);
        Await.until("control to have turned", () -> turned.getCount() == 0);
    }

    /** Nothing is under way any more, and nothing is held that was taken. */
    void awaitQuiet() {
        Await.until("no call under way", () -> totals().inFlight == 0);
        for (Instance each : service().members().instances()) {
            Await.until("nothing in flight at " + each.name(), () -> each.inFlight() == 0);
        }
        ProtectionView.LimitView limit = view().limit();
        if (limit != null) {
            Await.until("no permit in use", () -> limit().inFlight() == 0);
            Await.until("nobody waiting", () -> limit().waiting() == 0);
        }
    }

    @Override
    public void close() {
        gateway.close();
        instances.forEach(ScriptedUpstream::close);
    }
}
