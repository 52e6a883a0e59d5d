package dev.carve.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The rules of {@link ModuleRules} on the product's classes, and on classes that break each of
 * them.
 */
class ModuleRulesTest {

    private static final ModuleRules RULES = new ModuleRules("dev.carve");

    private static JavaClasses product = classesOf(List.of());

    @BeforeAll
    static void readTheClassesOfAllModules() throws IOException {
        List<Path> built =
                Project.modules().stream()
                        .map(module -> Project.root().resolve(module).resolve("target/classes"))
                        .filter(Files::isDirectory)
                        .toList();
        product = classesOf(built);
    }

    private static JavaClasses classesOf(List<Path> folders) {
        return new ClassFileImporter().importPaths(folders);
    }

    @Test
    void rulesSeeTheProduct() {
        assertThat(product.contain("dev.carve.runtime.Clock")).isTrue();
    }

    @Test
    void everyModuleHasARowInTheTable() throws IOException {
        assertThat(ModuleRules.MAY_USE.keySet())
                .containsAll(
                        Project.modules().stream()
                                .map(module -> module.replaceFirst("^examples/.*", "example"))
                                .toList());
    }

    @Test
    void everyClassLiesInThePackageOfAModule() {
        assertThat(RULES.packagesOutsideAModule(product)).isEmpty();
    }

    @Test
    void modulesUseOnlyWhatTheirRowNames() {
        assertThat(RULES.usesOfOtherModules(product)).isEmpty();
    }

    @Test
    void nettyStaysInItsPlaces() {
        assertThat(RULES.usesOfNetty(product)).isEmpty();
    }

    @Test
    void packagesAndTypesAreNamedForWhatTheyAre() {
        assertThat(RULES.emptyNames(product)).isEmpty();
    }

    @Test
    void onlyWhatTalksToAPersonPrints() {
        assertThat(RULES.printsAndForeignLogs(product)).isEmpty();
    }

    @Test
    void nothingSleepsOrHidesInAThread() {
        assertThat(RULES.sleepsAndThreadLocals(product)).isEmpty();
    }

    @Test
    void everyPackageIsNullMarkedAndSaysWhatItIs() throws IOException {
        Set<String> wanting = new TreeSet<>();
        for (String module : Project.modules()) {
            wanting.addAll(
                    packagesWithoutMark(Project.root().resolve(module).resolve("src/main/java")));
        }
        assertThat(wanting).isEmpty();
    }

    private static Set<String> packagesWithoutMark(Path sources) throws IOException {
        Set<String> wanting = new TreeSet<>();
        if (!Files.isDirectory(sources)) {
            return wanting;
        }
        try (Stream<Path> walk = Files.walk(sources)) {
            for (Path folder : walk.filter(Files::isDirectory).toList()) {
                if (holdsTypes(folder) && !isMarked(folder.resolve("package-info.java"))) {
                    wanting.add(folder.toString());
                }
            }
        }
        return wanting;
    }

    private static boolean holdsTypes(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(".java"));
        }
    }

    private static boolean isMarked(Path info) throws IOException {
        if (!Files.exists(info)) {
            return false;
        }
        String text = Files.readString(info);
        return text.contains("/**")
                && text.lines().anyMatch(line -> line.startsWith("@NullMarked"));
    }

    /** Each rule on classes made to break it: a rule that cannot fail holds nothing. */
    @Nested
    class BrokenOnPurpose {

        private final ModuleRules rules = new ModuleRules("dev.carve.it.broken");

        private final JavaClasses broken =
                new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
                        .importPackages("dev.carve.it.broken");

        @Test
        void runtimeUsingGatewayIsFound() {
            assertThat(rules.usesOfOtherModules(broken))
                    .isNotEmpty()
                    .allMatch(breach -> breach.startsWith("runtime may not use gateway: "));
        }

        @Test
        void nettyTransportInGatewayIsFoundAndItsBufferIsNot() {
            assertThat(rules.usesOfNetty(broken))
                    .isNotEmpty()
                    .allMatch(breach -> breach.contains("io.netty.channel.Channel"));
        }

        @Test
        void emptyNamesAreFound() {
            assertThat(rules.emptyNames(broken))
                    .containsExactlyInAnyOrder(
                            "package dev.carve.it.broken.runtime.util: \"util\" names nothing",
                            "type dev.carve.it.broken.runtime.util.Manager: the name says nothing",
                            "type dev.carve.it.broken.runtime.util.Manager$ThingImpl: the name says nothing");
        }

        @Test
        void printingAndForeignLogsAreFound() {
            assertThat(rules.printsAndForeignLogs(broken))
                    .anyMatch(breach -> breach.contains("java.lang.System.out"))
                    .anyMatch(breach -> breach.contains("java.util.logging.Logger"))
                    .anyMatch(breach -> breach.contains("printStackTrace"));
        }

        @Test
        void sleepsAndThreadLocalsAreFound() {
            assertThat(rules.sleepsAndThreadLocals(broken))
                    .anyMatch(breach -> breach.contains("java.lang.Thread.sleep"))
                    .anyMatch(breach -> breach.contains("java.lang.ThreadLocal"));
        }

        @Test
        void aPackageThatIsNoModuleIsFound() {
            assertThat(new ModuleRules("dev.carve.it").packagesOutsideAModule(broken)).isNotEmpty();
        }

        @Test
        void aPackageWithoutMarkIsFound() throws IOException {
            Path sources = Project.root().resolve("it/src/test/java/dev/carve/it/broken");
            assertThat(packagesWithoutMark(sources))
                    .contains(sources.resolve("runtime/util").toString())
                    .doesNotContain(sources.resolve("gateway").toString());
        }
    }
}
