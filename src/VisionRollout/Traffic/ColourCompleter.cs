using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VisionRollout;

/// <summary>Completes the plan's colours from the session of the runspace.</summary>
internal sealed class ColourCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        (RolloutSession.Default?.Plan.Colours.Names ?? [])
            .Where(colour => colour.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            .Select(colour => new CompletionResult(colour));
}
