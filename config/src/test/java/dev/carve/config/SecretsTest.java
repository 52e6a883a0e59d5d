package dev.carve.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A secret put in every place must come out of none. */
class SecretsTest {

    private static final String SECRET = "hunter2-topsecret";

    @TempDir Path folder;

    @Test
    void secretFileLeaksFromNoSetting() throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), SECRET + "\n");
        String reference = "\"${file:" + file + "}\"";
        List<String> texts = new ArrayList<>();
        for (String template :
                List.of(
                        "listen: %s",
                        "listen: { address: 1, connections: %s }",
                        "admin: %s",
                        "shutdown: %s",
                        "services: %s",
                        "services: { a: { urls: 'http://x', balance: %s, weight: %s } }",
                        "services: { a: { urls: 'http://x', headers: { k: %s } } }",
                        "services: { a: { urls: 'http://x', timeouts: %s, retries: %s } }",
                        "routes: %s",
                        "routes: [ { match: /, to: %s } ]",
                        "routes: [ { match: /, to: a, body: %s, paths: %s, owner: %s } ]",
                        "routes: [ { match: /, respond: { status: %s } } ]",
                        "routes: [ { match: /, redirect: { location: /, permanent: %s } } ]",
                        "routes: [ { match: /, to: a, carve: { to: a, mirror: %s } } ]")) {
            texts.addAll(outputs(template.replace("%s", reference), Map.of()));
        }

        assertThat(texts).isNotEmpty().noneMatch(each -> each.contains(SECRET));
        assertThat(texts).anyMatch(each -> each.contains("<secret>"));
    }

    @Test
    void secretFileIsASourceWhetherItIsThereOrNot() throws IOException {
        Path there = Files.writeString(folder.resolve("there"), SECRET);
        Path absent = folder.resolve("absent");
        Set<Path> read = new HashSet<>();

        var loaded = load("services: { a: 'http://${file:" + there + "}' }", Map.of(), read);
        assertThat(loaded).isInstanceOf(Loaded.class);
        assertThat(((Loaded) loaded).sources()).contains(there);
        assertThat(read).contains(there);

        var rejected = load("services: { a: 'http://${file:" + absent + "}' }", Map.of(), read);
        assertThat(rejected).isInstanceOf(Rejected.class);
        assertThat(read).contains(absent);

        Path other = folder.resolve("other");
        load("listen: 1", Map.of("CARVE_LISTEN_0_TLS_KEY", "${file:" + other + "}"), read);
        assertThat(read).contains(other);
    }

    private static LoadResult load(String text, Map<String, String> environment, Set<Path> read) {
        return Sample.LOADER.load(
                Source.text("carve.yaml", text), environment, List.of(), read::addAll);
    }

    @Test
    void secretSettingLeaksFromNoSource() {
        String file = "listen: { address: 1, tls: { certificate: c, key: " + SECRET + " } }";
        List<String> texts = new ArrayList<>(outputs(file, Map.of()));
        texts.addAll(outputs(file.replace(SECRET, "[" + SECRET + "]"), Map.of()));
        texts.addAll(outputs(file.replace(SECRET, "{ a: " + SECRET + " }"), Map.of()));
        texts.addAll(
                outputs("", Map.of("CARVE_LISTEN_0_TLS_KEY", SECRET, "CARVE_LISTEN_0_WAT", "1")));
        texts.addAll(outputs("", Map.of("CARVE_LISTEN_0_TLS", "{key: " + SECRET + "")));

        assertThat(texts).isNotEmpty().noneMatch(each -> each.contains(SECRET));
    }

    @Test
    void changedSecretIsToldWithoutBeingShown() {
        String file = "listen: { address: 1, tls: { certificate: c, key: " + SECRET + " } }";
        List<Diff.Change> changes =
                Diff.between(LoaderTest.load(file), LoaderTest.load(file.replace("hunter", "x")));

        assertThat(changes).hasToString("[listen[0].tls.key: <secret> -> <secret>]");
    }

    @Test
    void passwordsInUrlsAreNotShown() {
        assertThat(Display.redactUrl("postgres://u:pw@h:1/d"))
                .isEqualTo("postgres://u:<secret>@h:1/d");
        assertThat(Display.redactUrl("redis://:pw@h")).isEqualTo("redis://:<secret>@h");
        assertThat(Display.redactUrl("a://u:p@h, b://v:q@i"))
                .doesNotContain("p@")
                .doesNotContain("q@");
        assertThat(Display.redactUrl("a://u:p@w@h/")).isEqualTo("a://u:<secret>@h/");
        assertThat(Display.redactUrl("a://u:p/w@h/")).isEqualTo("a://u:<secret>@h/");
        assertThat(Display.redactUrl("http://h:80/a@b:c")).isEqualTo("http://h:80/a@b:c");
        assertThat(Display.redactUrl("http://user@h/")).isEqualTo("http://user@h/");
    }

    /** All text that a load can show to anybody. */
    private static List<String> outputs(String text, Map<String, String> environment) {
        List<String> texts = new ArrayList<>();
        LoadResult result =
                Sample.LOADER.load(Source.text("carve.yaml", text), environment, List.of());
        texts.add(result.toString());
        switch (result) {
            case Rejected(List<Diagnostic> diagnostics) ->
                    diagnostics.forEach(each -> texts.add(each.toString()));
            case Loaded loaded -> {
                texts.add(Renderer.render(loaded));
                texts.add(Renderer.renderWithOrigins(loaded));
                Loaded other = LoaderTest.load("admin: 1");
                texts.add(Diff.between(loaded, other).toString());
                texts.add(Diff.between(other, loaded).toString());
                loaded.warnings().forEach(each -> texts.add(each.toString()));
            }
        }
        return texts;
    }
}
