namespace VisionRollout.Core.Databases.Migrations;

/// <summary>What a token of PostgreSQL's SQL is.</summary>
public enum SqlTokenKind
{
    /// <summary>A key word or an unquoted name; its text is in lower case, as the server folds it.</summary>
    Word,

    /// <summary>A quoted name; its text is without quotes.</summary>
    Name,

    /// <summary>A string constant in any form; its text is the contents (escapes as written).</summary>
    Text,

    /// <summary>A number or a parameter.</summary>
    Number,

    /// <summary>An operator or a punctuation mark.</summary>
    Mark,
}
