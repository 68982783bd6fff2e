namespace VisionRollout.Core.Plan.Reading;

/// <summary>Rules of the services' manifests.</summary>
internal static class ManifestRules
{
    /// <summary>Checks them.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="log">Takes the mistakes.</param>
    /// <param name="isThere">Tells whether there is a file; null when that is not to be asked.</param>
    public static void Check(RolloutPlan plan, PlanLog log, Func<string, bool>? isThere)
    {
        for (var index = 0; index < plan.Services.Count; index++)
        {
            var path = $"Services[{index}].Manifests";
            if (plan.Services[index].Manifests is not { } manifests || !log.IsSound(path)) continue;
            // A misspelt key is one mistake, not two.
            if (log.Problems.Any(problem => problem.Where.StartsWith(path + ".", StringComparison.Ordinal))) continue;
            if (manifests.File is null == (manifests.Command.Count == 0))
                log.Report(path, manifests.File is null ? "names neither File nor Command." : "names both File and Command.", "Name the file that holds the manifests, or the command that prints them.");
            else if (manifests.File is { } file && isThere?.Invoke(PathOf(plan, file)) == false)
                log.Report($"{path}.File", $"there is no file '{PathOf(plan, file)}'.", "Its path starts at the plan's folder.");
        }
    }

    private static string PathOf(RolloutPlan plan, string file) => Path.Combine(Path.GetDirectoryName(plan.Path) ?? "", file);
}
