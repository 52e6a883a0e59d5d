package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.log.LogWriter;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.runtime.Clock;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RecordingUpstream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class LogEndTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private LogWriter log(RunningGateway gateway, String yaml) {
        LogWriter writer = new LogWriter(out, 1 << 20);
        gateway.gateway.logTo(
                writer, RunningGateway.load(yaml).value(GatewayBlocks.ACCESS_LOG), Clock.system());
        return writer;
    }

    private static void end(RunningGateway gateway, LogWriter writer) {
        gateway.gateway.endLog(writer);
        gateway.close();
        writer.close();
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void linesThatALoopStillHoldsAreWritten() throws Exception {
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway = RunningGateway.to(upstream.port());
                RawClient client = gateway.client()) {
            LogWriter writer = log(gateway, RunningGateway.yaml(upstream.port()));
            for (int i = 0; i < 10; i++) {
                client.send(RunningGateway.head("GET", "/" + i)).read();
            }
            end(gateway, writer);
            assertThat(lines()).hasSize(10);
            assertThat(lines().getLast()).contains("\"target\":\"/9\"");
        }
    }
}
