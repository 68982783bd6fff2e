using System.Globalization;

namespace VisionRollout.Rehearsal.Hosting;

/// <summary>The command line of the rehearsal program.</summary>
/// <param name="ScenarioFile">The scenario (JSON).</param>
/// <param name="Directory">The private directory that the program fills and removes.</param>
/// <param name="ParentProcessId">The process whose end ends the rehearsal.</param>
/// <param name="PostgresConnectionString">A PostgreSQL server to use instead of a private one.</param>
public sealed record RehearsalArguments(string ScenarioFile, string Directory, int ParentProcessId, string? PostgresConnectionString)
{
    private const string Usage =
        "Usage: VisionRollout.Rehearsal --scenario FILE --directory DIR --parent PID [--postgres CONNECTION-STRING]";

    /// <summary>Reads the command line.</summary>
    /// <exception cref="StartFailureException">An argument is missing, unknown, repeated or malformed.</exception>
    public static RehearsalArguments Parse(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var values = ReadPairs(arguments);
        return new RehearsalArguments(
            Path.GetFullPath(Required(values, "--scenario")),
            Path.GetFullPath(Required(values, "--directory")),
            ParentOf(Required(values, "--parent")),
            values.GetValueOrDefault("--postgres"));
    }

    private static Dictionary<string, string> ReadPairs(IReadOnlyList<string> arguments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Count; i += 2)
        {
            var name = arguments[i];
            if (name is not ("--scenario" or "--directory" or "--parent" or "--postgres"))
                throw Mistake($"Unknown argument '{name}'.");
            if (i + 1 >= arguments.Count || arguments[i + 1].Length == 0)
                throw Mistake($"The argument '{name}' needs a value.");
            if (!values.TryAdd(name, arguments[i + 1]))
                throw Mistake($"The argument '{name}' is given twice.");
        }

        return values;
    }

    private static string Required(Dictionary<string, string> values, string name) =>
        values.TryGetValue(name, out var value) ? value : throw Mistake($"The argument '{name}' is missing.");

    private static int ParentOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var parent) && parent > 0
            ? parent
            : throw Mistake($"'--parent {text}' is not a process id.");

    private static StartFailureException Mistake(string what) => new(StartFailureException.StartFailed, $"{what} {Usage}");
}
