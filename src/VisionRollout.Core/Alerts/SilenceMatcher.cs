namespace VisionRollout.Core.Alerts;

/// <summary>One condition of a silence.</summary>
/// <param name="Name">Label.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsEqual">True: the label has that value. False: it has another.</param>
/// <param name="IsRegex">True: the value is an expression (RE2) for the whole of the label's value.</param>
public sealed record SilenceMatcher(string Name, string Value, bool IsEqual = true, bool IsRegex = false)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}{(IsEqual, IsRegex) switch { (true, true) => "=~", (false, true) => "!~", (true, false) => "=", _ => "!=" }}\"{Value}\"";
}
