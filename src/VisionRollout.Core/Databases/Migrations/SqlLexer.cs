using System.Text;

namespace VisionRollout.Core.Databases.Migrations;

/// <summary>Splits SQL into statements of tokens by PostgreSQL's rules (manual, chapter 4.1): nested comments, quoted names, strings with and without
/// escapes, dollar quotes. A semicolon within any of these, or within BEGIN ATOMIC … END or parentheses, ends nothing.</summary>
public sealed class SqlLexer
{
    private readonly string text;
    private int at;

    private SqlLexer(string text) => this.text = text;

    /// <summary>The statements of a text, in order; empty ones are left out.</summary>
    public static IReadOnlyList<IReadOnlyList<SqlToken>> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var statements = new List<IReadOnlyList<SqlToken>>();
        var tokens = new List<SqlToken>();
        var (depth, atomic) = (0, false);
        foreach (var token in new SqlLexer(text).Tokens())
        {
            depth += token.Is("(") ? 1 : token.Is(")") ? -1 : 0;
            if (token.Is("atomic") && tokens.Count > 0 && tokens[^1].Is("begin")) atomic = true;
            else if (atomic && token.Is("end") && tokens.Count > 0 && tokens[^1].Is(";")) atomic = false;
            if (!token.Is(";") || depth > 0 || atomic)
            {
                tokens.Add(token);
                continue;
            }

            if (tokens.Count > 0) statements.Add(tokens);
            tokens = [];
        }

        if (tokens.Count > 0) statements.Add(tokens);
        return statements;
    }

    private IEnumerable<SqlToken> Tokens()
    {
        while (SkipBlanks())
        {
            var first = text[at];
            if (first == '"') yield return new(SqlTokenKind.Name, Quoted('"', escapes: false));
            else if (first == '\'') yield return new(SqlTokenKind.Text, Quoted('\'', escapes: false));
            else if (first == '$' && DollarTag() is { } tag) yield return new(SqlTokenKind.Text, DollarQuoted(tag));
            else if (PrefixOfString() is var length and > 0) yield return Prefixed(length);
            else if (IsNameStart(first)) yield return new(SqlTokenKind.Word, Word());
            else if (char.IsAsciiDigit(first) || first == '$' || (first == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))) yield return new(SqlTokenKind.Number, Number());
            else yield return new(SqlTokenKind.Mark, Mark());
        }
    }

    private bool SkipBlanks()
    {
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at])) at++;
            else if (Follows("--")) at = End(text.IndexOf('\n', at));
            else if (Follows("/*")) SkipComment();
            else return true;
        }

        return false;
    }

    private void SkipComment()
    {
        for (var depth = 0; at < text.Length;)
        {
            if (Follows("/*")) (depth, at) = (depth + 1, at + 2);
            else if (Follows("*/")) (depth, at) = (depth - 1, at + 2);
            else at++;
            if (depth == 0) return;
        }
    }

    // E'…' knows backslashes; B'…', X'…', N'…' and U&'…' are read like plain ones; U&"…" is a name.
    private int PrefixOfString()
    {
        if (at + 1 < text.Length && char.ToLowerInvariant(text[at]) is 'e' or 'b' or 'x' or 'n' && text[at + 1] == '\'') return 1;
        return at + 2 < text.Length && char.ToLowerInvariant(text[at]) == 'u' && text[at + 1] == '&' && text[at + 2] is '\'' or '"' ? 2 : 0;
    }

    private SqlToken Prefixed(int length)
    {
        var escapes = char.ToLowerInvariant(text[at]) == 'e';
        at += length;
        var quote = text[at];
        return new(quote == '"' ? SqlTokenKind.Name : SqlTokenKind.Text, Quoted(quote, escapes));
    }

    private string Quoted(char quote, bool escapes)
    {
        var found = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (escapes && text[at] == '\\' && at + 1 < text.Length) found.Append(text[at++]).Append(text[at]);
            else if (text[at] != quote) found.Append(text[at]);
            else if (at + 1 < text.Length && text[at + 1] == quote) found.Append(text[at++]);
            else break;
        }

        at = Math.Min(at + 1, text.Length);
        return found.ToString();
    }

    private string? DollarTag()
    {
        var end = at + 1;
        if (end < text.Length && char.IsAsciiDigit(text[end])) return null;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_')) end++;
        return end < text.Length && text[end] == '$' ? text[at..(end + 1)] : null;
    }

    private string DollarQuoted(string tag)
    {
        var start = at + tag.Length;
        var end = End(text.IndexOf(tag, start, StringComparison.Ordinal));
        at = Math.Min(end + tag.Length, text.Length);
        return text[start..end];
    }

    private string Word()
    {
        var start = at;
        while (at < text.Length && (IsNameStart(text[at]) || char.IsAsciiDigit(text[at]) || text[at] == '$')) at++;
        return text[start..at].ToLowerInvariant();
    }

    private string Number()
    {
        var start = at++;
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '.' or '_')) at++;
        return text[start..at];
    }

    private string Mark()
    {
        var length = Follows("::") || Follows("<=") || Follows(">=") || Follows("<>") || Follows("!=") || Follows(":=") || Follows("||") ? 2 : 1;
        at += length;
        return text[(at - length)..at];
    }

    private bool Follows(string mark) => string.CompareOrdinal(text, at, mark, 0, mark.Length) == 0;

    private int End(int found) => found < 0 ? text.Length : found;

    private static bool IsNameStart(char letter) => char.IsLetter(letter) || letter == '_' || letter > 127;
}
