using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace VisionRollout.Host;

/// <summary>Hands command-line words to a script's parameters the way the engine binds them: a word that starts with a dash
/// is a parameter's name, and the engine itself decides whether it is a switch or takes the next word.</summary>
internal static class ScriptArguments
{
    /// <summary>Adds the words to the command.</summary>
    /// <param name="command">The script.</param>
    /// <param name="parameters">The script's parameters; null when it cannot be parsed (the engine will report it).</param>
    /// <param name="words">The words after the script's name.</param>
    public static void Bind(Command command, IReadOnlyDictionary<string, ParameterMetadata>? parameters, IReadOnlyList<string> words)
    {
        ParameterMetadata? current = null;
        foreach (var word in words)
        {
            if (!IsName(word))
            {
                command.Parameters.Add(new CommandParameter(null, Value(current, word)));
                current = null;
                continue;
            }

            var colon = word.IndexOf(':', StringComparison.Ordinal);
            current = Resolve(parameters, colon < 0 ? word[1..] : word[1..colon]);
            if (colon < 0) command.Parameters.Add(new CommandParameter(word));
            else AddPair(command, current, word[..colon], word[(colon + 1)..]);
            if (colon >= 0 || current?.SwitchParameter == true) current = null;
        }
    }

    // -Name:value. The engine splits the pair when arguments are passed on, so a switch is given by its name alone, or not at all.
    private static void AddPair(Command command, ParameterMetadata? parameter, string name, string word)
    {
        var value = Value(parameter, word);
        if (parameter?.SwitchParameter == true && value is false) return;
        command.Parameters.Add(new CommandParameter(name));
        if (parameter?.SwitchParameter != true || value is not true) command.Parameters.Add(new CommandParameter(null, value));
    }

    private static bool IsName(string word) => word.Length > 1 && word[0] == '-' && (char.IsLetter(word[1]) || word[1] == '_');

    private static ParameterMetadata? Resolve(IReadOnlyDictionary<string, ParameterMetadata>? parameters, string name)
    {
        if (parameters is null) return null;
        var exact = parameters.Values.FirstOrDefault(parameter => Is(parameter.Name, name) || parameter.Aliases.Any(alias => Is(alias, name)));
        if (exact is not null) return exact;
        var starting = parameters.Values.Where(parameter => parameter.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase)).ToArray();
        return starting.Length == 1 ? starting[0] : null;
    }

    private static bool Is(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    private static object Value(ParameterMetadata? parameter, string word)
    {
        if (word.Equals("$true", StringComparison.OrdinalIgnoreCase)) return true;
        if (word.Equals("$false", StringComparison.OrdinalIgnoreCase)) return false;
        return parameter?.ParameterType is { IsArray: true } && word.Contains(',', StringComparison.Ordinal) ? word.Split(',') : word;
    }
}
