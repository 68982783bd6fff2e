using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VisionRollout;

/// <summary>Completes roles that decide gates, from the session of the runspace.</summary>
internal sealed class RoleCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        (RolloutSession.Default?.Plan.Gates ?? [])
            .SelectMany(gate => gate.Deciders)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Where(role => role.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            .Select(role => new CompletionResult($"'{role}'", role, CompletionResultType.ParameterValue, role));
}
