using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VisionRollout;

/// <summary>Completes names of the plan's messages from the session of the runspace.</summary>
internal sealed class MessageNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        (RolloutSession.Default?.Plan.Messages ?? [])
            .Where(message => message.Name.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            .Select(message => new CompletionResult(message.Name, message.Name, CompletionResultType.ParameterValue, message.Text));
}
