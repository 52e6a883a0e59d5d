package dev.carve.app;

import dev.carve.admin.AdminAddress;
import dev.carve.admin.AdminBlocks;
import dev.carve.admin.AdminSettings;
import dev.carve.config.Block;
import dev.carve.config.Diagnostic;
import dev.carve.config.Loaded;
import dev.carve.config.Rejected;
import dev.carve.config.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a running gateway is asked, and what opens it. Immutable.
 *
 * @param address never off, never port 0
 * @param addressFrom where the address was found, for messages
 * @param token what is sent, if anything
 * @param tokenFrom where the token was found, or would have been; never the token itself
 */
record AdminTarget(
        AdminAddress address, String addressFrom, Optional<String> token, String tokenFrom) {

    private static final String FLAG = "--admin";
    private static final String TOKEN_VARIABLE = "CARVE_ADMIN_TOKEN";

    /**
     * What the command line says.
     *
     * @param admin {@code --admin}
     * @param token {@code --token}
     * @param config {@code --config}
     */
    record Asked(@Nullable String admin, @Nullable String token, @Nullable String config) {}

    /** Only what belongs to the admin listener counts; the token is not shown. */
    @Override
    public String toString() {
        return shown() + " (" + addressFrom + ")";
    }

    /** The address as a URL holds it. */
    String shown() {
        return address.toString();
    }

    /**
     * Flag before file, as everywhere. The file is read for its {@code admin} block alone, so that
     * neither a mistake elsewhere nor a variable that only the gateway has is in the way; with both
     * flags it is not read at all.
     *
     * @throws UsageException if there is no address to be had
     */
    static AdminTarget find(Asked asked, Map<String, String> environment) {
        Optional<AdminAddress> flag = Optional.ofNullable(asked.admin()).map(AdminTarget::parse);
        if (flag.isPresent() && asked.token() != null) {
            return new AdminTarget(flag.get(), FLAG, sendable(asked.token()), "--token");
        }
        Path file = file(asked);
        String from = file == null ? "the environment" : shown(file);
        Admin admin = admin(file, from, environment);
        if (admin == null && flag.isEmpty()) {
            throw new UsageException(
                    problems(file, environment)
                            + "\n(expected: a file whose admin block can be read, or --admin"
                            + " HOST:PORT)");
        }
        AdminAddress address = flag.orElseGet(() -> named(admin, from));
        String addressFrom = flag.isPresent() ? FLAG : from;
        if (asked.token() != null) {
            return new AdminTarget(address, addressFrom, sendable(asked.token()), "--token");
        }
        return admin == null
                ? new AdminTarget(address, addressFrom, Optional.empty(), unreadable(from))
                : new AdminTarget(
                        address,
                        addressFrom,
                        admin.token().flatMap(AdminTarget::sendable),
                        admin.tokenFrom());
    }

    /** What the file tells. */
    private record Admin(AdminAddress address, Optional<String> token, String tokenFrom) {}

    /**
     * Null if the block has a mistake. A token that only the gateway's environment holds is none:
     * on this machine the commands need no token.
     */
    private static @Nullable Admin admin(
            @Nullable Path file, String from, Map<String, String> environment) {
        AdminSettings whole = settings(file, environment).orElse(null);
        if (whole != null) {
            return new Admin(whole.address(), whole.token(), from);
        }
        Map<String, String> anyToken = new HashMap<>(environment);
        anyToken.put(TOKEN_VARIABLE, "any");
        return settings(file, anyToken)
                .map(rest -> new Admin(rest.address(), Optional.empty(), unreadable(from)))
                .orElse(null);
    }

    private static String unreadable(String from) {
        return from + ", where it can not be read from here";
    }

    private static AdminAddress parse(String flag) {
        AdminAddress address;
        try {
            address = AdminAddress.parse(flag);
        } catch (IllegalArgumentException malformed) {
            address = AdminAddress.OFF;
        }
        if (address.isOff() || address.port() == 0) {
            throw new UsageException(
                    "--admin: \""
                            + ConfigurationSource.shown(flag)
                            + "\" is no address (expected: HOST:PORT)");
        }
        return reachable(address);
    }

    /** Who listens everywhere is asked on this machine. */
    private static AdminAddress reachable(AdminAddress address) {
        return switch (address.host()) {
            case "*", "0.0.0.0" -> new AdminAddress("127.0.0.1", address.port());
            case "::" -> new AdminAddress("::1", address.port());
            default -> address;
        };
    }

    private static AdminAddress named(@Nullable Admin admin, String from) {
        if (admin == null) {
            throw new IllegalStateException("refused before");
        }
        AdminAddress address = admin.address();
        if (address.isOff()) {
            throw new UsageException(
                    from + ": admin: off leaves nobody to ask (expected: an admin address)");
        }
        if (address.port() == 0) {
            throw new UsageException(
                    from
                            + ": admin: "
                            + address
                            + " lets the system choose the port (expected: --admin HOST:PORT with"
                            + " the one that the gateway told at its start)");
        }
        return reachable(address);
    }

    /** Null if there is none and none is asked for. */
    private static @Nullable Path file(Asked asked) {
        if (asked.config() != null) {
            return ConfigurationSource.existing(asked.config());
        }
        Path usual = Path.of(ConfigurationSource.DEFAULT_FILE);
        return Files.exists(usual) ? usual : null;
    }

    private static Source source(@Nullable Path file) {
        return file == null ? Source.text("no file", "") : Source.file(file);
    }

    private static Optional<AdminSettings> settings(
            @Nullable Path file, Map<String, String> environment) {
        Block<AdminSettings> admin = AdminBlocks.ADMIN;
        return Configuration.LOADER.loadBlock(admin, source(file), environment);
    }

    /** Why the block could not be read: all that is wrong with it and with the file as a whole. */
    private static String problems(@Nullable Path file, Map<String, String> environment) {
        return switch (Configuration.LOADER.load(source(file), environment, List.of())) {
            case Rejected(List<Diagnostic> all) ->
                    all.stream()
                            .filter(AdminTarget::concerns)
                            .map(Diagnostic::toString)
                            .collect(Collectors.joining("\n"));
            case Loaded _ -> "the admin block can not be read";
        };
    }

    private static boolean concerns(Diagnostic problem) {
        boolean own = problem.path().isEmpty() || problem.path().startsWith("admin");
        return own && problem.severity() == Diagnostic.Severity.ERROR;
    }

    /** A token that no header can carry opens nothing. */
    private static Optional<String> sendable(String token) {
        boolean plain = token.chars().allMatch(c -> c > 0x20 && c < 0x7F);
        if (token.isEmpty() || !plain) {
            throw new UsageException(
                    "the token is empty or holds blanks or characters beyond ASCII (expected: what"
                            + " an Authorization field can carry)");
        }
        return Optional.of(token);
    }

    private static String shown(Path file) {
        return ConfigurationSource.shown(file.toString());
    }
}
