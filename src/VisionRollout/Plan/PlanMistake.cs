using VisionRollout.Core.Plan;

namespace VisionRollout;

/// <summary>A mistake in a plan, as Test-RolloutPlan emits it.</summary>
public sealed class PlanMistake
{
    internal PlanMistake(string file, PlanProblem problem)
    {
        File = file;
        Line = problem.Line;
        Column = problem.Column;
        Where = problem.Where;
        Message = problem.Message;
        Suggestion = problem.Suggestion;
    }

    /// <summary>Full path of the plan.</summary>
    public string File { get; }

    /// <summary>Line, from 1; 0 when the file as a whole is meant.</summary>
    public int Line { get; }

    /// <summary>Column, from 1.</summary>
    public int Column { get; }

    /// <summary>Path of keys, e.g. <c>Canary.Stages[2].Weight</c>; indices count from 0 as in PowerShell.</summary>
    public string Where { get; }

    /// <summary>What is wrong.</summary>
    public string Message { get; }

    /// <summary>The nearest valid name, or what to write.</summary>
    public string Suggestion { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}:{Column} {Where}: {Message} {Suggestion}".TrimEnd();
}
