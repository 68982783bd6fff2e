using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VisionRollout;

/// <summary>Completes names of the plan's gates from the session of the runspace.</summary>
internal sealed class GateNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        (RolloutSession.Default?.Plan.Gates ?? [])
            .Where(gate => gate.Name.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            .Select(gate => new CompletionResult(gate.Name.Contains(' ') ? $"'{gate.Name}'" : gate.Name, gate.Name, CompletionResultType.ParameterValue, string.Join(gate.RequireAll ? " + " : " or ", gate.Deciders)));
}
