using VisionRollout.Core.Errors;

namespace VisionRollout.Core.Plan;

/// <summary>A plan has mistakes. The message lists all of them, <see cref="Problems"/> has them as objects.</summary>
public sealed class PlanInvalidException(string path, IReadOnlyList<PlanProblem> problems)
    : RolloutException("PlanInvalid", RolloutErrorKind.InvalidInput, Text(path, problems),
        "Correct the lines named; Test-RolloutPlan lists the mistakes as objects.", path)
{
    /// <summary>Full path of the plan.</summary>
    public string Path { get; } = path;

    /// <summary>Every mistake, in the order of the file.</summary>
    public IReadOnlyList<PlanProblem> Problems { get; } = problems;

    private static string Text(string path, IReadOnlyList<PlanProblem> problems)
    {
        var count = problems.Count == 1 ? "one mistake" : $"{problems.Count} mistakes";
        return $"The plan '{path}' has {count}:{string.Concat(problems.Select(problem => $"{Environment.NewLine}  {problem}"))}{Environment.NewLine}";
    }
}
