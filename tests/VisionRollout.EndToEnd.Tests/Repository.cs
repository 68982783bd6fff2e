using System.Reflection;

namespace VisionRollout.EndToEnd.Tests;

/// <summary>What a user has: the console host with the assembled module, and the examples.</summary>
internal static class Repository
{
    public static string HostProgram { get; } = Metadata(nameof(HostProgram));

    public static string Plan => Example("rollout.psd1");

    public static string Rehearse => Example("Rehearse-VisionRollout.ps1");

    public static string Runbook => Example("Start-VisionRollout.ps1");

    public static string Backup => Example("Backup-Databases.ps1");

    public static string Prepare => Example("Prepare-VisionRollout.ps1");

    public static string Review => Example("Review-VisionRollout.ps1");

    private static string Example(string file) => Path.Combine(Metadata("Examples"), file);

    private static string Metadata(string key) => typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == key).Value!;
}
