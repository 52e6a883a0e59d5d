package dev.carve.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.admin.machine.MachineWatch;
import dev.carve.admin.machine.ProcessMetrics;
import dev.carve.http.Loops;
import dev.carve.http.Transport;
import dev.carve.http.WireMetrics;
import dev.carve.runtime.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SourcesTest {

    @Test
    void everySourceFitsTheFormat() {
        Exposition exposition = new Exposition();
        Events events = new Events(Clock.system(), () -> 7, () -> Map.of("connections", 20_000));
        events.loaded();
        try (Loops loops = Loops.start(Transport.preferred(), 2, Clock.system());
                MachineWatch machine = MachineWatch.start(Clock.system())) {
            new WireMetrics(loops).collect(exposition);
            machine.collect(exposition);
            new ProcessMetrics(Clock.system(), "1.0").collect(exposition);
            events.collect(exposition);
        }
        PrometheusText read = PrometheusText.read(exposition.text());
        assertThat(read.value("carve_limit{name=\"connections\"}")).isEqualTo(20_000);
        assertThat(read.value("carve_config_loads_total{result=\"loaded\"}")).isEqualTo(1);
        assertThat(read.value("carve_access_log_dropped_lines_total")).isEqualTo(7);
        assertThat(read.value("carve_process_cpu_seconds_total")).isPositive();
        assertThat(read.value("carve_process_open_fds")).isPositive();
        assertThat(read.has("carve_machine_short{reason=\"steal\"}")).isTrue();
        assertThat(read.type("carve_loop_delay_seconds")).isEqualTo("histogram");
    }
}
