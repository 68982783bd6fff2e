namespace VisionRollout.Core.Alerts;

/// <summary>One condition of a silence.</summary>
/// <param name="Name">Label.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsEqual">True: the label has that value. False: it has another.</param>
public sealed record SilenceMatcher(string Name, string Value, bool IsEqual = true)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}{(IsEqual ? "=" : "!=")}\"{Value}\"";
}
