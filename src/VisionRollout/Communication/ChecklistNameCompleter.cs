using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VisionRollout;

/// <summary>Completes names of the plan's checklists from the session of the runspace.</summary>
internal sealed class ChecklistNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        (RolloutSession.Default?.Plan.Checklists ?? [])
            .Where(list => list.Name.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            .Select(list => new CompletionResult($"'{list.Name}'", list.Name, CompletionResultType.ParameterValue, list.When));
}
