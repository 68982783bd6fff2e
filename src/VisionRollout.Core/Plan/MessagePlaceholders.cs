namespace VisionRollout.Core.Plan;

/// <summary>Placeholders that the title and the text of a message may hold, written <c>{Name}</c>:
/// Date (<c>2026-11-23</c>), Time (<c>09:00</c>, UTC), Version, Environment, Weight (with its sign: <c>5%</c>) and Reason.</summary>
public static class MessagePlaceholders
{
    /// <summary>Every placeholder, without braces.</summary>
    public static IReadOnlyList<string> All { get; } = ["Date", "Version", "Environment", "Time", "Reason", "Weight"];
}
