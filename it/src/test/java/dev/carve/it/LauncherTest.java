package dev.carve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code ./carve} and {@code ./dev} do, in a small project whose Maven and JVM are scripts
 * that write down how they were called. Its path holds a space.
 */
class LauncherTest {

    private static final String MAVEN =
            """
            echo "$@" >>"$CALLS/maven"
            [ ! -e "$CALLS/break" ] || { echo '[ERROR] Main.java:[1,1] it does not compile'; exit 1; }
            [ ! -e "$CALLS/slow" ] || sleep 2
            mkdir -p app/target/carve/lib
            : >app/target/carve-app-1.jar
            : >app/target/carve/lib/library.jar
            """;

    private static final String JAVA =
            """
            echo "$@" >>"$CALLS/java"
            for argument; do
                case $argument in
                --training)
                    [ ! -e "$CALLS/untrained" ] || exit 3
                    [ ! -e "$CALLS/hanging" ] || exec sleep 600
                    ;;
                -XX:AOTCache=*new.aot) echo cache >"${argument#-XX:AOTCache=}" ;;
                esac
            done
            echo "started with: $*"
            """;

    @TempDir Path temp = Path.of("");

    private Path project = temp;
    private Path calls = temp;
    private final Map<String, String> environment = new TreeMap<>();

    @BeforeEach
    void makeAProject() throws IOException {
        project = Files.createDirectories(temp.toRealPath().resolve("a project"));
        calls = Files.createDirectories(temp.resolve("calls"));
        for (String file :
                List.of(
                        "carve",
                        "dev",
                        "scripts/jdk.sh",
                        "scripts/build.sh",
                        "scripts/java.flags")) {
            Files.createDirectories(project.resolve(file).getParent());
            Files.copy(
                    Project.root().resolve(file),
                    project.resolve(file),
                    java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.writeString(project.resolve("pom.xml"), "<project/>");
        Files.createDirectories(project.resolve("app/src/main/java"));
        Files.writeString(project.resolve("app/src/main/java/Main.java"), "class Main {}");
        Files.createDirectories(project.resolve("app/src/test/java"));
        FakeJdk.program(project.resolve("mvnw"), MAVEN);
        Path jdk = FakeJdk.jdk(temp.resolve("jdk"), "25.0.3");
        FakeJdk.program(jdk.resolve("bin/java"), JAVA);
        environment.put("PATH", "/usr/bin:/bin");
        environment.put("CARVE_JAVA_HOME", jdk.toString());
        environment.put("CALLS", calls.toString());
    }

    @Test
    void firstUseBuildsTrainsAndStartsWithTheArgumentsAsTheyAre() throws Exception {
        Shell.Result result = carve("run", "--to", "a b");

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .isEqualTo(
                        "started with: @%1$s/scripts/java.flags -Xmx256m -XX:AOTCache=%1$s/target/carve/1/carve.aot -cp %2$s dev.carve.app.Main run --to a b\n"
                                .formatted(project, classPath(1)));
        assertThat(result.err()).isEqualTo("carve: building (first use; this takes a minute) …\n");
        assertThat(called("maven")).containsExactly("-B -ntp -DskipTests -pl app -am package");
    }

    @Test
    void cacheIsMadeAndProvenWithTheFlagsThatCarveRunsWith() throws Exception {
        carve("run");

        String flags = "@%s/scripts/java.flags -Xmx256m ".formatted(project);
        String cache = "-XX:AOTCache=%s/target/carve/1/".formatted(project);
        assertThat(called("java")).allMatch(call -> call.startsWith(flags)).hasSize(4);
        assertThat(called("java").get(0)).contains("-XX:AOTMode=record").endsWith("--training");
        assertThat(called("java").get(1)).contains("-XX:AOTMode=create", cache + "new.aot");
        assertThat(called("java").get(2)).contains("-XX:AOTMode=on", cache + "carve.aot");
    }

    @Test
    void secondStartNeedsNeitherMavenNorACompiler() throws Exception {
        carve("run");
        Files.delete(project.resolve("mvnw"));
        Files.delete(temp.resolve("jdk/bin/javac"));

        Shell.Result result = carve("check");

        assertThat(result.out()).endsWith("dev.carve.app.Main check\n");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void changedSourceIsBuiltBesideTheBuildThatMayBeRunning() throws Exception {
        carve("run");
        touch("app/src/main/java/Main.java");

        assertThat(carve("run").out()).contains(classPath(2));
        assertThat(project.resolve("target/carve/1/lib/library.jar")).exists();
        assertThat(called("maven")).hasSize(2);
    }

    @Test
    void removedSourceIsAChange() throws Exception {
        carve("run");
        Files.delete(project.resolve("app/src/main/java/Main.java"));
        touch("app/src/main/java");

        carve("run");

        assertThat(called("maven")).hasSize(2);
    }

    @Test
    void changedTestIsNoReasonToBuild() throws Exception {
        carve("run");
        Files.writeString(project.resolve("app/src/test/java/MainTest.java"), "class MainTest {}");
        touch("app/src/test/java/MainTest.java");

        carve("run");

        assertThat(called("maven")).hasSize(1);
    }

    @Test
    void failedBuildShowsItsEndAndLeavesTheOldBuild() throws Exception {
        carve("run");
        touch("pom.xml");
        Files.createFile(calls.resolve("break"));

        Shell.Result result = carve("run");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .contains("[ERROR] Main.java:[1,1] it does not compile\n")
                .endsWith(
                        "carve: the build failed; all of its output is in %s/target/carve/build.log\n"
                                .formatted(project));
        assertThat(project.resolve("target/carve/current")).hasContent("1");
        assertThat(project.resolve("target/carve/2")).doesNotExist();
    }

    @Test
    void failedTrainingIsSaidOnceAndCarveStartsWithoutCache() throws Exception {
        Files.createFile(calls.resolve("untrained"));

        Shell.Result first = carve("run");
        Shell.Result second = carve("run");

        assertThat(first.err()).contains("carve: no AOT cache: the training run failed");
        assertThat(first.out()).doesNotContain("AOTCache").endsWith("dev.carve.app.Main run\n");
        assertThat(second.err()).isEmpty();
        assertThat(second.status()).isZero();
    }

    @Test
    void trainingThatHangsIsEndedAndCarveStartsWithoutCache() throws Exception {
        Files.createFile(calls.resolve("hanging"));
        environment.put("CARVE_TRAINING_SECONDS", "1");

        Shell.Result result = carve("run");

        assertThat(result.status()).isZero();
        assertThat(result.err()).contains("carve: no AOT cache: the training run failed");
        assertThat(result.out()).doesNotContain("AOTCache").endsWith("dev.carve.app.Main run\n");
    }

    @Test
    void otherFlagsMakeAnotherCacheWithoutABuild() throws Exception {
        carve("run");
        Files.writeString(project.resolve("scripts/java.flags"), "-XX:+UseSerialGC\n");

        carve("run");

        assertThat(called("maven")).hasSize(1);
        assertThat(called("java").stream().filter(call -> call.endsWith("--training"))).hasSize(2);
    }

    @Test
    void twoAtOnceBuildOnce() throws Exception {
        Files.createFile(calls.resolve("slow"));
        List<String> command = List.of(project.resolve("carve").toString(), "run");

        Shell.Running first = Shell.start(temp, environment, command);
        Shell.Running second = Shell.start(temp, environment, command);

        assertThat(Shell.await(first).out()).contains(classPath(1));
        assertThat(Shell.await(second).out()).contains(classPath(1));
        assertThat(called("maven")).hasSize(1);
        assertThat(project.resolve("target/carve/lock")).doesNotExist();
    }

    @Test
    void lockOfAProcessThatHasGoneIsTakenOver() throws Exception {
        Process gone = new ProcessBuilder("/bin/sh", "-c", "exit 0").start();
        gone.waitFor();
        Files.createDirectories(project.resolve("target/carve"));
        Files.createSymbolicLink(
                project.resolve("target/carve/lock"), Path.of("pid-" + gone.pid()));

        assertThat(carve("run").status()).isZero();
    }

    @Test
    void linkFromElsewhereStartsTheProjectItPointsTo() throws Exception {
        Files.createSymbolicLink(temp.resolve("first"), Path.of("a project/carve"));
        Files.createSymbolicLink(temp.resolve("second"), temp.resolve("first"));

        Shell.Result result =
                Shell.run(calls, environment, List.of(temp.resolve("second").toString(), "run"));

        assertThat(result.out()).contains(classPath(1));
    }

    @Test
    void unknownCommandOfDevIsWrongUseAndListsTheCommands() throws Exception {
        Shell.Result result =
                Shell.run(temp, environment, List.of(project.resolve("dev").toString(), "tset"));

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith("dev: unknown command \"tset\"\n")
                .contains("  test ", "  format ", "  bench ", "  proof ", "  soak ", "  help ");
    }

    private Shell.Result carve(String... arguments) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>();
        command.add(project.resolve("carve").toString());
        command.addAll(List.of(arguments));
        return Shell.run(temp, environment, command);
    }

    private String classPath(int build) {
        Path lib = project.resolve("target/carve/" + build + "/lib");
        return lib.resolve("carve-app-1.jar") + ":" + lib.resolve("library.jar");
    }

    private List<String> called(String program) throws IOException {
        return Files.readAllLines(calls.resolve(program));
    }

    /** Newer than the build, whatever the resolution of the file system's clock. */
    private void touch(String file) throws IOException {
        Files.setLastModifiedTime(
                project.resolve(file), FileTime.from(Instant.now().plusSeconds(5)));
    }
}
