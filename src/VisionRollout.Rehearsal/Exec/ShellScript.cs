using System.Text;

namespace VisionRollout.Rehearsal.Exec;

/// <summary>The part of a shell's language that commands in a rollout use: words, quotes, variables, and lists of commands.</summary>
internal static class ShellScript
{
    /// <summary>Splits a script into its commands, each with the operator before it (";", "&amp;&amp;" or "||"; ";" for the first).</summary>
    public static IReadOnlyList<(string Condition, string[] Words)> Read(string script, IReadOnlyDictionary<string, string> variables)
    {
        var commands = new List<(string, string[])>();
        var words = new List<string>();
        var condition = ";";
        foreach (var (text, isOperator) in Tokens(script, variables))
        {
            if (!isOperator)
            {
                words.Add(text);
                continue;
            }

            if (words.Count > 0)
                commands.Add((condition, [.. words]));
            (words, condition) = ([], text);
        }

        if (words.Count > 0)
            commands.Add((condition, [.. words]));
        return commands;
    }

    private static IEnumerable<(string Text, bool IsOperator)> Tokens(string script, IReadOnlyDictionary<string, string> variables)
    {
        StringBuilder? word = null;
        for (var i = 0; i < script.Length; i++)
        {
            var character = script[i];
            var separates = character is ';' or '\n' || (character is '&' or '|' && i + 1 < script.Length && script[i + 1] == character);
            if (separates || char.IsWhiteSpace(character))
            {
                if (word is not null)
                    yield return (word.ToString(), false);
                word = null;
                if (separates)
                    yield return (character is '&' or '|' ? new string(character, 2) : ";", true);
                if (character is '&' or '|')
                    i++;
                continue;
            }

            word ??= new StringBuilder();
            i = character switch
            {
                '\'' => Single(script, i, word),
                '"' => Double(script, i, word, variables),
                '\\' when i + 1 < script.Length => Escaped(script, i, word),
                '$' => Variable(script, i, word, variables),
                _ => Plain(character, i, word),
            };
        }

        if (word is not null)
            yield return (word.ToString(), false);
    }

    private static int Plain(char character, int at, StringBuilder word)
    {
        word.Append(character);
        return at;
    }

    private static int Escaped(string script, int at, StringBuilder word)
    {
        word.Append(script[at + 1]);
        return at + 1;
    }

    private static int Single(string script, int at, StringBuilder word)
    {
        var end = script.IndexOf('\'', at + 1);
        end = end < 0 ? script.Length : end;
        word.Append(script, at + 1, end - at - 1);
        return end;
    }

    private static int Double(string script, int at, StringBuilder word, IReadOnlyDictionary<string, string> variables)
    {
        var i = at + 1;
        for (; i < script.Length && script[i] != '"'; i++)
        {
            if (script[i] == '\\' && i + 1 < script.Length && script[i + 1] is ('"' or '\\' or '$'))
                word.Append(script[++i]);
            else if (script[i] == '$')
                i = Variable(script, i, word, variables);
            else
                word.Append(script[i]);
        }

        return i;
    }

    private static int Variable(string script, int at, StringBuilder word, IReadOnlyDictionary<string, string> variables)
    {
        var braces = at + 1 < script.Length && script[at + 1] == '{';
        var start = at + (braces ? 2 : 1);
        var end = start;
        while (end < script.Length && (char.IsAsciiLetterOrDigit(script[end]) || script[end] == '_'))
            end++;
        if (end == start)
            return Plain('$', at, word);
        word.Append(variables.GetValueOrDefault(script[start..end]));
        return braces && end < script.Length && script[end] == '}' ? end : end - 1;
    }
}
