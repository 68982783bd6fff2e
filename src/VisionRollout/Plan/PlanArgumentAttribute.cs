using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;

namespace VisionRollout.Plan;

/// <summary>Lets a parameter of type <see cref="RolloutPlan"/> also take the path of a plan file, relative to PowerShell's current location.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class PlanArgumentAttribute : ArgumentTransformationAttribute
{
    /// <summary>Turns a path (text or file) into the plan that it holds; leaves everything else as it is.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">There is no such file, or the plan in it has mistakes; the message lists all of them.</exception>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        ArgumentNullException.ThrowIfNull(engineIntrinsics);
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        var path = value switch
        {
            string text when text.Length > 0 => engineIntrinsics.SessionState.Path.GetUnresolvedProviderPathFromPSPath(text),
            FileInfo file => file.FullName,
            _ => null,
        };
        return path is null ? value : Load(path);
    }

    private static RolloutPlan Load(string path)
    {
        try
        {
            return PlanFile.Load(path);
        }
        catch (RolloutException exception)
        {
            throw new ArgumentTransformationMetadataException($"{exception.Message} {exception.Remedy}", exception);
        }
    }
}
