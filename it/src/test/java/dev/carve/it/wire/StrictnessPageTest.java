package dev.carve.it.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.Project;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** That what {@code docs/strictness.md} names is held by the corpora. */
class StrictnessPageTest {

    /** Two words at least, with a hyphen between: no field and no setting is written so there. */
    private static final Pattern NAME = Pattern.compile("`([a-z0-9.]+(?:-[a-z0-9.]+)+)`");

    @Test
    void everyMessageItNamesIsOneOfTheCorpora() throws Exception {
        String page = Files.readString(Project.root().resolve("docs/strictness.md"));
        List<String> named =
                NAME.matcher(page).results().map(found -> found.group(1)).distinct().toList();
        List<String> corpora =
                Stream.concat(
                                RequestCase.all().stream().map(RequestCase::name),
                                ResponseCase.all().stream().map(ResponseCase::name))
                        .toList();
        assertThat(named).hasSizeGreaterThan(25);
        assertThat(corpora).containsAll(named);
    }
}
