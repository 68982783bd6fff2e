namespace VisionRollout.Core.Databases.Migrations;

/// <summary>A name in SQL, folded as the server folds it.</summary>
/// <param name="Schema">Schema; null when it is not given.</param>
/// <param name="Name">Name.</param>
public sealed record SqlName(string? Schema, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => Schema is null ? Name : $"{Schema}.{Name}";
}
