package dev.carve.it;

import static java.util.Map.entry;

import com.tngtech.archunit.core.domain.AccessTarget.FieldAccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.MethodCallTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The shape that the code keeps, as data and as functions from classes to what breaks it. A class
 * belongs to the module that its package names: {@code dev.carve.http.upstream} is part of {@code
 * http}.
 */
final class ModuleRules {

    /** Module, and what it may use beside itself. The same table as in ARCHITECTURE.md. */
    static final Map<String, Set<String>> MAY_USE =
            Map.ofEntries(
                    entry("runtime", Set.of()),
                    entry("config", Set.of("runtime")),
                    entry("http", Set.of("runtime")),
                    entry("gateway", Set.of("http", "config", "runtime")),
                    entry("store", Set.of("runtime")),
                    entry("carving", Set.of("gateway", "http", "store", "config", "runtime")),
                    entry("load", Set.of("http", "runtime")),
                    entry("admin", Set.of("http", "config", "runtime")),
                    entry("testkit", Set.of("http", "runtime")),
                    entry("example", Set.of()),
                    entry("app", everything()),
                    entry("it", everything()),
                    entry("bench", everything()));

    /** Module, and the packages of Netty that it may use; a module without a row uses none. */
    static final Map<String, List<String>> NETTY =
            Map.of(
                    "http", List.of("io.netty."),
                    "load", List.of("io.netty."),
                    "testkit", List.of("io.netty."),
                    "bench", List.of("io.netty."),
                    "gateway", List.of("io.netty.buffer."),
                    "carving", List.of("io.netty.buffer."),
                    "admin", List.of("io.netty.buffer."));

    /** Modules that talk to a person on a terminal. */
    static final Set<String> PRINTS = Set.of("app", "bench", "example", "it");

    private static final Set<String> EMPTY_WORDS =
            Set.of("util", "utils", "common", "impl", "helper", "helpers", "misc");

    private static final Pattern EMPTY_TYPE =
            Pattern.compile(
                    "Manager|Processor|Context|Data|Info|.*(Impl|Util|Utils|Helper|Helpers)");

    private final String root;

    /**
     * @param root the package whose first level names the modules: {@code dev.carve}, or that of
     *     the deliberately broken classes which prove that a rule can fail
     */
    ModuleRules(String root) {
        this.root = root + ".";
    }

    private static Set<String> everything() {
        return Set.of(
                "runtime", "config", "http", "gateway", "store", "carving", "load", "admin", "app",
                "testkit", "example");
    }

    /** The module of a class of ours, or the empty text for any other. */
    String module(JavaClass type) {
        String name = type.getPackageName() + ".";
        if (!name.startsWith(root)) {
            return "";
        }
        String rest = name.substring(root.length());
        return rest.substring(0, Math.max(0, rest.indexOf('.')));
    }

    Set<String> usesOfOtherModules(JavaClasses classes) {
        return breaches(
                classes,
                (type, module) ->
                        dependencies(type)
                                .filter(d -> !module(d.getTargetClass()).isEmpty())
                                .filter(d -> !module(d.getTargetClass()).equals(module))
                                .filter(d ->
                                        !MAY_USE.getOrDefault(module, Set.of())
                                                .contains(module(d.getTargetClass())))
                                .map(d ->
                                        module
                                                + " may not use "
                                                + module(d.getTargetClass())
                                                + ": "
                                                + told(d)));
    }

    Set<String> packagesOutsideAModule(JavaClasses classes) {
        return breaches(
                classes,
                (type, module) ->
                        MAY_USE.containsKey(module)
                                ? Stream.empty()
                                : Stream.of(
                                        type.getName()
                                                + " (expected: a package of "
                                                + new TreeSet<>(MAY_USE.keySet())
                                                + ")"));
    }

    Set<String> usesOfNetty(JavaClasses classes) {
        return breaches(
                classes,
                (type, module) ->
                        dependencies(type)
                                .filter(d -> d.getTargetClass().getName().startsWith("io.netty."))
                                .filter(d ->
                                        NETTY.getOrDefault(module, List.of()).stream()
                                                .noneMatch(
                                                        d.getTargetClass().getName()::startsWith))
                                .map(ModuleRules::told));
    }

    Set<String> emptyNames(JavaClasses classes) {
        return breaches(
                classes,
                (type, module) -> {
                    Stream<String> packages =
                            Stream.of(type.getPackageName().split("\\."))
                                    .filter(EMPTY_WORDS::contains)
                                    .map(word ->
                                            "package "
                                                    + type.getPackageName()
                                                    + ": \""
                                                    + word
                                                    + "\" names nothing");
                    Stream<String> types =
                            EMPTY_TYPE.matcher(type.getSimpleName()).matches()
                                    ? Stream.of(
                                            "type " + type.getName() + ": the name says nothing")
                                    : Stream.empty();
                    return Stream.concat(packages, types);
                });
    }

    /**
     * Logs go through SLF4J; only what talks to a person prints. The sample monolith is somebody
     * else's application, which logs as it likes.
     */
    Set<String> printsAndForeignLogs(JavaClasses classes) {
        return breaches(
                classes,
                (type, module) -> {
                    if (module.equals("example")) {
                        return Stream.empty();
                    }
                    Stream<String> logs =
                            dependencies(type)
                                    .filter(d ->
                                            d.getTargetClass()
                                                            .getName()
                                                            .startsWith("java.util.logging.")
                                                    || d.getTargetClass()
                                                            .getName()
                                                            .startsWith("java.lang.System$Logger"))
                                    .map(ModuleRules::told);
                    Stream<String> prints =
                            PRINTS.contains(module)
                                    ? Stream.empty()
                                    : Stream.concat(
                                            type.getFieldAccessesFromSelf().stream()
                                                    .filter(a -> isSystemStream(a.getTarget()))
                                                    .map(Object::toString),
                                            type.getMethodCallsFromSelf().stream()
                                                    .filter(c -> isStackTrace(c.getTarget()))
                                                    .map(Object::toString));
                    return Stream.concat(logs, prints);
                });
    }

    /** Waiting is done on an injected clock, and nothing hides in a thread. */
    Set<String> sleepsAndThreadLocals(JavaClasses classes) {
        return breaches(
                classes,
                (type, module) -> {
                    Stream<String> sleeps =
                            type.getMethodCallsFromSelf().stream()
                                    .filter(c -> isSleep(c.getTarget()))
                                    .map(Object::toString);
                    Stream<String> locals =
                            dependencies(type)
                                    .filter(d -> isThreadLocal(d.getTargetClass()))
                                    .map(ModuleRules::told);
                    return Stream.concat(sleeps, locals);
                });
    }

    private static boolean isSystemStream(FieldAccessTarget target) {
        return target.getOwner().isEquivalentTo(System.class)
                && (target.getName().equals("out") || target.getName().equals("err"));
    }

    private static boolean isStackTrace(MethodCallTarget target) {
        return target.getName().equals("printStackTrace")
                && target.getRawParameterTypes().isEmpty();
    }

    private static boolean isSleep(MethodCallTarget target) {
        return target.getName().equals("sleep")
                && (target.getOwner().isEquivalentTo(Thread.class)
                        || target.getOwner().isEquivalentTo(java.util.concurrent.TimeUnit.class));
    }

    private static boolean isThreadLocal(JavaClass type) {
        return type.isAssignableTo(ThreadLocal.class)
                || type.getName().equals("io.netty.util.concurrent.FastThreadLocal");
    }

    private interface Rule {
        Stream<String> breaches(JavaClass type, String module);
    }

    private Set<String> breaches(JavaClasses classes, Rule rule) {
        Set<String> found = new TreeSet<>();
        for (JavaClass type : classes) {
            rule.breaches(type, module(type)).forEach(found::add);
        }
        return found;
    }

    private static Stream<Dependency> dependencies(JavaClass type) {
        return type.getDirectDependenciesFromSelf().stream();
    }

    private static String told(Dependency dependency) {
        return dependency.getDescription();
    }
}
