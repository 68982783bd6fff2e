using System.Management.Automation;

namespace VisionRollout.Module.Tests.Plan;

internal static class ModuleResultFailure
{
    /// <summary>The one error of a script: what ended it, or what ended a statement of it.</summary>
    public static ErrorRecord OnlyError(this ModuleResult result) => result.Failure?.ErrorRecord ?? Assert.Single(result.Errors);
}
