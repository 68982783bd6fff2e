using System.Text.Json;
using VisionRollout.Core.Journal;

namespace VisionRollout.Core.Report;

/// <summary>Writes a report as JSON: the names of <see cref="RolloutReport"/> in camel case, enums by name.</summary>
public static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new(JournalJson.Options) { WriteIndented = true };

    /// <summary>The JSON text.</summary>
    /// <param name="report">The report.</param>
    public static string Render(RolloutReport report) => JsonSerializer.Serialize(report, Options);
}
