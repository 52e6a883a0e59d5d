package dev.carve.app;

import dev.carve.app.demo.DemoCommand;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** All commands, read by picocli. Loaded for everything but a plain {@code run}. */
final class CommandLineTree {

    /** The root: a short help. */
    @Command(
            name = "carve",
            description = "Takes a monolith apart while it runs.",
            synopsisSubcommandLabel = "COMMAND",
            mixinStandardHelpOptions = true,
            version = "carve " + Version.TEXT,
            subcommands = {CommandLine.HelpCommand.class},
            footer = {
                "",
                "Begin with: carve run --to http://127.0.0.1:3000",
                "Exit codes: 0 done, 1 failed, 2 wrong use."
            })
    static final class Root {}

    private CommandLineTree() {}

    static int execute(List<String> arguments, PrintStream out, PrintStream err) {
        PrintWriter outWriter = writer(out);
        PrintWriter errWriter = writer(err);
        CommandLine root = tree(new Streams(out, err));
        root.setOut(outWriter);
        root.setErr(errWriter);
        root.setUsageHelpAutoWidth(false);
        root.setParameterExceptionHandler((wrong, args) -> {
            errWriter.println(message(wrong));
            UnmatchedArgumentException.printSuggestions(wrong, errWriter);
            CommandLine at = wrong.getCommandLine();
            errWriter.println("try: " + at.getCommandSpec().qualifiedName() + " --help");
            return ExitCode.USAGE;
        });
        root.setExecutionExceptionHandler((failure, at, parsed) -> {
            if (failure instanceof UsageException) {
                errWriter.println("carve: " + failure.getMessage());
                return ExitCode.USAGE;
            }
            if (failure instanceof AdminException) {
                errWriter.println("carve: " + failure.getMessage());
                return failedCode(at);
            }
            throw failure;
        });
        if (arguments.isEmpty()) {
            root.usage(errWriter, Ansi.OFF);
            return ExitCode.USAGE;
        }
        int code = root.execute(arguments.toArray(String[]::new));
        outWriter.flush();
        errWriter.flush();
        return code;
    }

    /** Of {@code diff} 1 means that something differs. */
    private static int failedCode(CommandLine at) {
        return at.getCommand() instanceof DiffCommand ? ExitCode.USAGE : ExitCode.FAILED;
    }

    private static String message(ParameterException wrong) {
        String said = String.valueOf(wrong.getMessage());
        return "carve: "
                + said.substring(0, 1).toLowerCase(java.util.Locale.ROOT)
                + said.substring(1);
    }

    /** The commands of features stand here, and nowhere else. */
    static CommandLine tree(Streams streams) {
        CommandLine root = new CommandLine(new Root());
        root.addSubcommand(new DemoCommand());
        root.addSubcommand(new RunCommand(streams));
        root.addSubcommand(new CheckCommand(streams));
        root.addSubcommand(new RenderCommand(streams));
        root.addSubcommand(new SchemaCommand(streams));
        root.addSubcommand(new ExplainCommand(streams));
        root.addSubcommand(new DiffCommand(streams));
        root.addSubcommand(new LoadCommand(streams));
        root.addSubcommand(new StatusCommand(streams));
        root.addSubcommand(new RoutesCommand(streams));
        root.addSubcommand(new ReloadCommand(streams));
        root.addSubcommand(ServiceCommand.tree(streams));
        root.addSubcommand(RouteCommand.tree(streams));
        root.addSubcommand("rollback", new RouteCommand.RollBackAll(streams));
        root.addSubcommand(new CompareCommand(streams));
        root.addSubcommand(new AcceptCommand(streams));
        root.addSubcommand(new ReplayCommand(streams));
        root.addSubcommand(new ReportCommand(streams));
        return root;
    }

    /** Where commands write: their results, and what went wrong. */
    record Streams(PrintStream out, PrintStream err) {}

    private static PrintWriter writer(PrintStream to) {
        return new PrintWriter(to, true, StandardCharsets.UTF_8);
    }
}
