package dev.carve.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.carve.config.LoadResult;
import dev.carve.config.Loaded;
import dev.carve.config.Reference;
import dev.carve.config.Rejected;
import dev.carve.config.Source;
import dev.carve.runtime.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the pages show works, and what can be generated is what the code says. */
class DocsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** What the snippets take from the environment. */
    private static final Map<String, String> ENVIRONMENT =
            Map.of("MONOLITH_URL", "http://10.0.0.5:8000", "PORT", "5000");

    /** The commands of {@code carve}. */
    private static final Set<String> COMMANDS =
            CommandLineTree.tree(new CommandLineTree.Streams(System.out, System.err))
                    .getSubcommands()
                    .keySet();

    private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```");
    private static final Pattern CARVE = Pattern.compile("\\./carve ([a-z-]+)");
    private static final Pattern DEV = Pattern.compile("\\./dev ([a-z]+)");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");

    /** A fenced block and where it begins. */
    private record Snippet(String place, String language, String text) {}

    @TestFactory
    Stream<DynamicTest> everyConfigurationInThePagesLoads() throws IOException {
        List<Snippet> found = snippets("yaml");
        assertThat(found).hasSizeGreaterThanOrEqualTo(3);
        return found.stream()
                .map(snippet ->
                        DynamicTest.dynamicTest(snippet.place(), () -> assertLoads(snippet)));
    }

    private static void assertLoads(Snippet snippet) {
        LoadResult result =
                Configuration.LOADER.load(
                        Source.text(snippet.place(), snippet.text()), ENVIRONMENT, List.of());
        switch (result) {
            case Loaded loaded -> assertThat(loaded).isNotNull();
            case Rejected rejected -> fail(rejected.diagnostics().toString());
        }
    }

    @Test
    void everyCommandInThePagesExists() throws IOException {
        String dev = Files.readString(ROOT.resolve("dev"));
        List<String> unknown = new ArrayList<>();
        for (Path page : pages()) {
            String text = Files.readString(page);
            CARVE.matcher(text)
                    .results()
                    .filter(match -> !COMMANDS.contains(match.group(1)))
                    .forEach(match -> unknown.add(ROOT.relativize(page) + ": " + match.group()));
            DEV.matcher(text)
                    .results()
                    .filter(match -> !dev.contains("\n" + match.group(1) + ")"))
                    .filter(match -> !dev.contains("\n" + match.group(1) + " |"))
                    .forEach(match -> unknown.add(ROOT.relativize(page) + ": " + match.group()));
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void everyLinkBetweenThePagesLeadsSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                if (!Files.exists(page.resolveSibling(link.group(1)))) {
                    broken.add(ROOT.relativize(page) + ": " + link.group(1));
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    /** {@code ./dev docs} writes the page instead. */
    @Test
    void referenceOfTheConfigurationIsWhatTheCodeSays() throws IOException {
        Path page = ROOT.resolve("docs/configuration.md");
        String wanted = Reference.markdown(Configuration.SCHEMA);
        if (Boolean.getBoolean("carve.docs.write")) {
            Files.writeString(page, wanted);
        }
        assertThat(Files.readString(page))
                .as("docs/configuration.md is out of date (./dev docs writes it again)")
                .isEqualTo(wanted);
    }

    @Test
    void tableOfFailuresIsWhatTheCodeSays() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/operate.md"));
        StringBuilder wanted = new StringBuilder();
        for (Failure.Kind kind : Failure.Kind.values()) {
            wanted.append(
                    "| `%s` | %d | %s |\n".formatted(kind.code(), kind.status(), kind.text()));
        }
        assertThat(page).contains("| --- | --- | --- |\n" + wanted);
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (String top : List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")) {
            pages.add(ROOT.resolve(top));
        }
        try (Stream<Path> walk = Files.walk(ROOT.resolve("docs"))) {
            walk.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    private static List<Snippet> snippets(String language) throws IOException {
        List<Snippet> found = new ArrayList<>();
        for (Path page : pages()) {
            String text = Files.readString(page);
            Matcher fence = FENCE.matcher(text);
            while (fence.find()) {
                if (fence.group(1).equals(language)) {
                    long line = text.substring(0, fence.start()).lines().count() + 1;
                    found.add(
                            new Snippet(
                                    ROOT.relativize(page) + ":" + line, language, fence.group(2)));
                }
            }
        }
        return found;
    }
}
