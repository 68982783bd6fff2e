namespace VisionRollout.Core.Databases.Migrations;

/// <summary>Reads tokens from the front.</summary>
internal struct SqlCursor(IReadOnlyList<SqlToken> tokens, int at = 0)
{
    private int at = at;

    /// <summary>What is not read yet.</summary>
    public readonly IReadOnlyList<SqlToken> Rest => [.. tokens.Skip(at)];

    /// <summary>Whether these words come next.</summary>
    public readonly bool Sees(params ReadOnlySpan<string> words)
    {
        for (var index = 0; index < words.Length; index++)
        {
            if (at + index >= tokens.Count || !tokens[at + index].Is(words[index])) return false;
        }

        return true;
    }

    /// <summary>Reads these words when they come next.</summary>
    public bool Take(params ReadOnlySpan<string> words)
    {
        if (!Sees(words)) return false;
        at += words.Length;
        return true;
    }

    /// <summary>Reads IF EXISTS or IF NOT EXISTS where it stands.</summary>
    public void SkipCondition()
    {
        if (!Take("if", "not", "exists")) Take("if", "exists");
    }

    /// <summary>Reads one simple name; null when none comes next.</summary>
    public string? Name()
    {
        if (at >= tokens.Count || !tokens[at].IsName) return null;
        return tokens[at++].Text;
    }

    /// <summary>Reads a name with or without a schema; null when none comes next.</summary>
    public SqlName? QualifiedName()
    {
        if (Name() is not { } first) return null;
        if (!Take(".") || Name() is not { } second) return new(null, first);
        return Take(".") && Name() is { } third ? new(second, third) : new(first, second);
    }
}
