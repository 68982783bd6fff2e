namespace VisionRollout.Core.Databases.Migrations;

/// <summary>One token.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; see <see cref="SqlTokenKind"/>.</param>
public readonly record struct SqlToken(SqlTokenKind Kind, string Text)
{
    /// <summary>True for a word that may stand as a name, or a quoted name.</summary>
    public bool IsName => Kind is SqlTokenKind.Word or SqlTokenKind.Name;

    /// <summary>True for this key word (lower case) or mark.</summary>
    public bool Is(string text) => Kind is SqlTokenKind.Word or SqlTokenKind.Mark && Text == text;
}
