using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Databases.Migrations;

/// <summary>One check of the serving version on the migrated scratch database.</summary>
/// <param name="Name">Its name in the plan.</param>
/// <param name="ExitCode">How its command ended: 0 is passed.</param>
/// <param name="Output">Its last lines.</param>
public sealed record PreflightCheck(string Name, int ExitCode, IReadOnlyList<string> Output)
{
    /// <summary>Its last lines.</summary>
    public IReadOnlyList<string> Output { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Output);

    /// <summary>True when it passed.</summary>
    public bool Passed => ExitCode == 0;
}
