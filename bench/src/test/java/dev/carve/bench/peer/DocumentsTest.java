package dev.carve.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.bench.drive.Payload;
import dev.carve.carving.compare.Answer;
import dev.carve.carving.compare.Bounds;
import dev.carve.carving.compare.Comparer;
import dev.carve.carving.compare.Comparison;
import dev.carve.carving.compare.RuleSource;
import dev.carve.carving.compare.Rules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentsTest {

    @TempDir Path folder;

    @Test
    void theShuffledDocumentIsTheSameValueInOtherBytes() {
        assertThat(Documents.DOCUMENT).hasSize(Payload.SAME.answerBytes());
        assertThat(Documents.SHUFFLED)
                .hasSize(Payload.SHUFFLED.answerBytes())
                .isNotEqualTo(Documents.DOCUMENT);
        RuleSource none =
                new RuleSource(
                        List.of(), List.of(), List.of(), Map.of(), List.of(), List.of(), List.of(),
                        List.of());
        Rules rules = Rules.compile(none, 1);
        try (Comparer comparer = new Comparer(Bounds.DEFAULT)) {
            Answer document = answer(Documents.DOCUMENT);
            assertThat(comparer.compare(rules, document, answer(Documents.SHUFFLED)))
                    .isInstanceOf(Comparison.Same.class);
            assertThat(
                            comparer.compare(
                                    rules,
                                    document,
                                    answer(Documents.SHUFFLED.replace("4711", "4712"))))
                    .isNotInstanceOf(Comparison.Same.class);
        }
    }

    @Test
    void theBackendAnswersBothAsWritten() throws IOException, InterruptedException {
        Outside.needs("nginx", "taskset");
        try (NginxBackend backend = NginxBackend.start(folder, "0")) {
            assertThat(Probe.get(backend.port(), Payload.SAME.path()).body())
                    .isEqualTo(Documents.DOCUMENT);
            assertThat(Probe.get(backend.port(), Payload.SHUFFLED.path()).body())
                    .isEqualTo(Documents.DOCUMENT);
        }
    }

    private static Answer answer(String body) {
        return Answer.of(
                200,
                (name, occurrence) ->
                        occurrence == 0 && name.equals("content-type") ? "application/json" : null,
                body.getBytes(StandardCharsets.US_ASCII));
    }
}
