namespace VisionRollout.Core.Databases.Migrations;

/// <summary>One command: what it does to what. What is not named here changes no schema and no rows that a rule looks at.</summary>
internal sealed record SqlCommand
{
    /// <summary>Its first words, e.g. <c>alter table</c>, <c>create index</c>, <c>update</c>.</summary>
    public required string Verb { get; init; }

    /// <summary>All its tokens.</summary>
    public required IReadOnlyList<SqlToken> Tokens { get; init; }

    /// <summary>Table, view, index, type or function that it is about; null when the rules ask for none.</summary>
    public SqlName? Target { get; init; }

    /// <summary>What else it names: further tables of DROP and TRUNCATE.</summary>
    public IReadOnlyList<SqlName> Others { get; init; } = [];

    /// <summary>The parts of ALTER TABLE between commas; of other commands what follows the target.</summary>
    public IReadOnlyList<IReadOnlyList<SqlToken>> Actions { get; init; } = [];

    /// <summary>Every object it names.</summary>
    public IEnumerable<SqlName> Targets => Target is null ? Others : Others.Prepend(Target);

    /// <summary>Whether these words stand in it one after the other.</summary>
    public bool Has(params string[] words) => Contains(Tokens, words);

    /// <summary>Whether these words stand one after the other in some tokens.</summary>
    public static bool Contains(IReadOnlyList<SqlToken> tokens, params string[] words)
    {
        for (var start = 0; start + words.Length <= tokens.Count; start++)
        {
            if (new SqlCursor(tokens, start).Sees(words)) return true;
        }

        return false;
    }
}
