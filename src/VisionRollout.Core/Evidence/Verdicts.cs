namespace VisionRollout.Core.Evidence;

/// <summary>Combines verdicts.</summary>
public static class Verdicts
{
    /// <summary>All must pass: NoGo when any is NoGo, else Undecided when any is Undecided or there is none, else Go.</summary>
    public static Verdict All(IEnumerable<Finding> findings)
    {
        var any = false;
        var undecided = false;
        foreach (var finding in findings)
        {
            if (finding.Verdict == Verdict.NoGo) return Verdict.NoGo;
            any = true;
            undecided |= finding.Verdict == Verdict.Undecided;
        }

        return any && !undecided ? Verdict.Go : Verdict.Undecided;
    }
}
