namespace VisionRollout.Core.Databases;

/// <summary>One row of <c>schema_migrations</c>.</summary>
/// <param name="Service">The plan's service.</param>
/// <param name="Version">Version as the migration tool writes it.</param>
/// <param name="AppliedAt">When it was applied (UTC); null when the table does not say.</param>
public sealed record AppliedMigration(string Service, string Version, DateTimeOffset? AppliedAt)
{
    /// <summary>Orders versions: numbers by value, before everything else by text.</summary>
    public static IComparer<string> VersionOrder { get; } = Comparer<string>.Create(static (left, right) =>
    {
        var isLeft = decimal.TryParse(left, System.Globalization.CultureInfo.InvariantCulture, out var leftNumber);
        var isRight = decimal.TryParse(right, System.Globalization.CultureInfo.InvariantCulture, out var rightNumber);
        if (isLeft && isRight) return leftNumber.CompareTo(rightNumber);
        return isLeft != isRight ? isRight.CompareTo(isLeft) : string.CompareOrdinal(left, right);
    });
}
