using System.Management.Automation;

namespace VisionRollout.Module.Tests;

/// <summary>Everything that a script wrote, and what ended it.</summary>
/// <param name="Output">The objects.</param>
/// <param name="Errors">Error records that did not end the script.</param>
/// <param name="Warnings">Warnings.</param>
/// <param name="Verbose">Verbose lines.</param>
/// <param name="Information">Information records.</param>
/// <param name="Progress">Progress records.</param>
/// <param name="Failure">The error that ended the script (a <see cref="PipelineStoppedException"/> when it was stopped); null when it ran to its end.</param>
internal sealed record ModuleResult(
    IReadOnlyList<PSObject> Output,
    IReadOnlyList<ErrorRecord> Errors,
    IReadOnlyList<WarningRecord> Warnings,
    IReadOnlyList<VerboseRecord> Verbose,
    IReadOnlyList<InformationRecord> Information,
    IReadOnlyList<ProgressRecord> Progress,
    RuntimeException? Failure)
{
    /// <summary>The objects as their own type.</summary>
    public IReadOnlyList<T> As<T>() => [.. Output.Select(item => (T)item.BaseObject)];

    /// <summary>Everything on every stream as one text, for scans.</summary>
    public string AllText => string.Join('\n',
        Output.Select(Describe).Concat(Errors.Select(error => $"{error} {error.ErrorDetails} {error.FullyQualifiedErrorId} {error.Exception}"))
            .Concat(Warnings.Select(warning => warning.Message)).Concat(Verbose.Select(line => line.Message))
            .Concat(Information.Select(record => record.ToString())).Concat(Progress.Select(record => record.ToString()))
            .Append(Failure?.ToString() ?? ""));

    private static string Describe(PSObject item) =>
        $"{item} {string.Join(' ', item.Properties.Where(property => property.IsGettable).Select(Value))}";

    private static object? Value(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            return null;
        }
    }
}
