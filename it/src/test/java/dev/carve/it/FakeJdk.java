package dev.carve.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A folder that looks like a JDK to the launchers: a {@code release} file and programs. */
final class FakeJdk {

    private FakeJdk() {}

    static Path jdk(Path home, String version) throws IOException {
        runtimeImage(home, version);
        program(home.resolve("bin/javac"), "exit 0");
        return home;
    }

    static Path runtimeImage(Path home, String version) throws IOException {
        program(home.resolve("bin/java"), "exit 0");
        Files.writeString(
                home.resolve("release"),
                """
                IMPLEMENTOR="Nobody"
                JAVA_RUNTIME_VERSION="%1$s+9"
                JAVA_VERSION="%1$s"
                JAVA_VERSION_DATE="2026-01-20"
                """
                        .formatted(version));
        return home;
    }

    /** Writes a shell script that can be run. */
    static void program(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
