package dev.carve.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random configurations, rendered and loaded again. The seed is in every failure. */
class RoundTripTest {

    private static final int ROUNDS = 300;

    @Test
    void renderedConfigurationsLoadToEqualRecordsAndDoNotDiffer() {
        long seed = Long.getLong("carve.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String text = new Generator(random).file();
            String hint = "seed " + seed + ", round " + round + ":\n" + text;
            Loaded loaded = load(text, hint);
            String rendered = Renderer.render(loaded);
            Loaded again = load(rendered, hint + "\nrendered:\n" + rendered);

            assertThat(again.value(Sample.SERVICES))
                    .as(hint)
                    .isEqualTo(loaded.value(Sample.SERVICES));
            assertThat(again.value(Sample.LISTEN)).as(hint).isEqualTo(loaded.value(Sample.LISTEN));
            assertThat(again.value(Sample.SHUTDOWN))
                    .as(hint)
                    .isEqualTo(loaded.value(Sample.SHUTDOWN));
            assertThat(again.value(Sample.ROUTES)).as(hint).isEqualTo(loaded.value(Sample.ROUTES));
            assertThat(Diff.between(loaded, again)).as(hint).isEmpty();
            assertThat(Renderer.render(again)).as(hint).isEqualTo(rendered);
            assertThat(Renderer.renderWithOrigins(loaded).lines().count())
                    .as(hint)
                    .isEqualTo(rendered.lines().count());
        }
    }

    @Test
    void damagedConfigurationsAreRefusedOrLoadedButNeverThrow() {
        long seed = Long.getLong("carve.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder text = new StringBuilder(new Generator(random).file());
            for (int i = 0; i < 1 + random.nextInt(4); i++) {
                text.append(text.isEmpty() ? "\n" : "");
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 ->
                            text.insert(
                                    at,
                                    "{}[]:,-&*!|>'\"%@`#\t\n\u0000\u2028\ud800$"
                                            .charAt(random.nextInt(23)));
                    default -> text.setLength(at + 1);
                }
            }
            String hint = "seed " + seed + ", round " + round + ":\n" + text;
            try {
                LoadResult result = Sample.LOADER.load(Source.text("carve.yaml", text.toString()));
                if (result instanceof Rejected(List<Diagnostic> diagnostics)) {
                    assertThat(diagnostics).as(hint).isNotEmpty();
                    assertThat(diagnostics).as(hint).allMatch(each -> each.line() > 0);
                    assertThat(diagnostics)
                            .as(hint)
                            .noneMatch(each -> each.toString().chars().anyMatch(c -> c < ' '));
                }
            } catch (RuntimeException | StackOverflowError thrown) {
                throw new AssertionError(hint, thrown);
            }
        }
    }

    private static Loaded load(String text, String hint) {
        LoadResult result = Loader.of(Sample.SCHEMA).load(Source.text("carve.yaml", text));
        assertThat(result).as(() -> hint + result).isInstanceOf(Loaded.class);
        return (Loaded) result;
    }

    /** Writes files that are right, with odd text wherever text may stand. */
    private record Generator(Random random) {

        String file() {
            StringBuilder out = new StringBuilder("listen: ");
            out.append(pick("8080", "[1, 2]", "{ address: 9, connections: 7 }")).append('\n');
            out.append("shutdown: ").append(duration()).append("\nservices:\n");
            int services = 1 + random.nextInt(4);
            for (int i = 0; i < services; i++) {
                out.append("  ").append(quoted("s" + i + odd())).append(": ").append(service());
            }
            out.append("routes:\n");
            for (int i = 0; i < random.nextInt(5); i++) {
                out.append("  - match: ").append(quoted(odd())).append('\n');
                out.append("    ").append(action()).append('\n');
                if (random.nextBoolean()) {
                    out.append("    body: ").append(random.nextInt(1024)).append("KiB\n");
                }
                if (random.nextBoolean()) {
                    out.append("    owner: ").append(quoted(odd())).append('\n');
                }
                if (random.nextBoolean()) {
                    out.append("    carve: { mirror: ").append(share());
                    out.append(", to: { ").append(action()).append(" } }\n");
                }
            }
            return out.toString();
        }

        private String service() {
            if (random.nextBoolean()) {
                return pick("http://x", "[http://x:1/a?b=c, http://y]") + "\n";
            }
            List<String> parts = new ArrayList<>(List.of("urls: [http://x, http://y]"));
            if (random.nextBoolean()) {
                parts.add("timeouts: { response: " + duration() + " }");
            }
            if (random.nextBoolean()) {
                parts.add("retries: { budget: " + share() + " }");
            }
            if (random.nextBoolean()) {
                parts.add("weight: " + random.nextInt(100) + "." + random.nextInt(100));
            }
            parts.add(
                    "headers: { "
                            + quoted("a" + odd())
                            + ": "
                            + quoted(odd())
                            + ", b: "
                            + quoted(odd())
                            + " }");
            return "{ " + String.join(", ", parts) + " }\n";
        }

        private String action() {
            return pick(
                    "to: " + quoted(odd()),
                    "respond: " + (200 + random.nextInt(300)),
                    "respond: { body: " + quoted(odd()) + " }",
                    "redirect: { location: " + quoted("/" + odd()) + ", permanent: true }");
        }

        private String duration() {
            return 1 + random.nextInt(50) + pick("us", "ms", "s", "m", "h", "d");
        }

        private String share() {
            return random.nextInt(100) + pick("%", ".5%", ".125%");
        }

        private String pick(String... choices) {
            return choices[random.nextInt(choices.length)];
        }

        private String odd() {
            String alphabet =
                    " aZ09_-.:#,&*!|>'\"%@`{}[]$~?\\/\t\n\r=é\u202e\u2028\u0085\ufeff\u0000";
            StringBuilder out = new StringBuilder();
            for (int i = random.nextInt(8); i > 0; i--) {
                out.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            return random.nextInt(8) == 0
                    ? pick("null", "~", "true", "...", "---", "- a")
                    : out.toString();
        }

        private static String quoted(String text) {
            StringBuilder out = new StringBuilder("\"");
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '$') {
                    out.append("$$");
                } else if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                    out.append(String.format("\\u%04x", (int) c));
                } else {
                    out.append(c);
                }
            }
            return out.append('"').toString();
        }
    }
}
