using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using VisionRollout.Core.Plan;

namespace VisionRollout.Plan;

/// <summary>Completes names from the plan of the session: at once, offline, and with nothing when there is no session.</summary>
public abstract class PlanNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        if (FindPlan(fakeBoundParameters) is not { } plan) return [];
        var begin = (wordToComplete ?? "").Trim('\'', '"');
        return [.. Names(plan).Where(name => name.StartsWith(begin, StringComparison.OrdinalIgnoreCase)).Select(Result)];
    }

    /// <summary>The names, in the order of the plan.</summary>
    private protected abstract IEnumerable<string> Names(RolloutPlan plan);

    private static RolloutPlan? FindPlan(IDictionary? bound) => Unwrap(bound?["Session"]) switch
    {
        RolloutSession session => session.Plan,
        _ => Unwrap(bound?["Plan"]) as RolloutPlan ?? RolloutSession.Default?.Plan,
    };

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static CompletionResult Result(string name)
    {
        var plain = name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
        var text = plain ? name : $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
        return new CompletionResult(text, name, CompletionResultType.ParameterValue, name);
    }
}
