namespace VisionRollout.Core.Plan;

/// <summary>One mistake in a plan.</summary>
/// <param name="Line">Line, from 1; 0 when the file as a whole is meant.</param>
/// <param name="Column">Column, from 1.</param>
/// <param name="Where">Path of keys, e.g. <c>Canary.Stages[2].Weight</c>.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Suggestion">The nearest valid name or value, or what to write; empty when there is none.</param>
public sealed record PlanProblem(int Line, int Column, string Where, string Message, string Suggestion)
{
    /// <inheritdoc/>
    public override string ToString() => $"line {Line}, {Where}: {Message}{(Suggestion.Length > 0 ? " " + Suggestion : "")}";
}
