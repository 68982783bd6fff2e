using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VisionRollout;

/// <summary>Completes names of the plan's phases from the session of the runspace.</summary>
internal sealed class PhaseNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        (RolloutSession.Default?.Plan.Timeline ?? [])
            .Where(phase => phase.Name.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            .Select(phase => new CompletionResult(phase.Name.Contains(' ') ? $"'{phase.Name}'" : phase.Name, phase.Name, CompletionResultType.ParameterValue, $"{phase.Start:HH:mm} {phase.Activities}"));
}
