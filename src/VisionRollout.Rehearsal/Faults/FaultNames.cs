namespace VisionRollout.Rehearsal.Faults;

/// <summary>The names of all faults, as PROTOCOL.md lists them.</summary>
public static class FaultNames
{
    /// <summary>The last pending migration of the target service fails with an SQL error in the service's own database.</summary>
    public const string MigrationFailure = "migration-failure";

    /// <summary>The last pending migration of the target service renames a table that the old version uses.</summary>
    public const string MigrationIncompatible = "migration-incompatible";

    /// <summary>An open reader holds the table that the next migration alters.</summary>
    public const string MigrationBlock = "migration-block";

    /// <summary>East-west calls of the target fail; magnitude: the share that fails (default 1).</summary>
    public const string ServiceCommunication = "service-communication";

    /// <summary>The target answers magnitude milliseconds later.</summary>
    public const string PerformanceDegradation = "performance-degradation";

    /// <summary>An external dependency is down: health reports it.</summary>
    public const string ExternalService = "external-service";

    /// <summary>CPU and memory of the target go to magnitude (share of the limit, default 0.95).</summary>
    public const string ResourceExhaustion = "resource-exhaustion";

    /// <summary>The target's error rate becomes magnitude (share, 0 to 1).</summary>
    public const string ErrorRate = "error-rate";

    /// <summary>The target answers magnitude milliseconds later.</summary>
    public const string Latency = "latency";

    /// <summary>The target's containers end again and again.</summary>
    public const string CrashLoop = "crash-loop";

    /// <summary>The target's pods start but never become ready.</summary>
    public const string NeverReady = "never-ready";

    /// <summary>A critical alert fires.</summary>
    public const string Alert = "alert";

    /// <summary>The API server answers writes with 409 Conflict; magnitude: the share of updates and patches (default 0.5).</summary>
    public const string ApiConflict = "api-conflict";

    /// <summary>The API server answers 429 with Retry-After; magnitude: the share of requests (default 0.5).</summary>
    public const string ApiThrottle = "api-throttle";

    /// <summary>The API server answers 500; magnitude: the share of requests (default 0.5).</summary>
    public const string ApiError = "api-error";

    /// <summary>The API server answers magnitude milliseconds later (real time, default 1000).</summary>
    public const string ApiSlow = "api-slow";

    /// <summary>The API server breaks every connection off without an answer.</summary>
    public const string ApiUnreachable = "api-unreachable";

    /// <summary>The API server does not know the token (401); magnitude: the share of requests (default 0.5).</summary>
    public const string ApiExpired = "api-expired";

    /// <summary>Open watches are cut, and while the fault lasts each new one after magnitude seconds (real time, default 2).</summary>
    public const string WatchDrop = "watch-drop";

    /// <summary>The API server no longer knows the changes since the version that a watch starts from (410), so that everything must be listed anew.</summary>
    public const string WatchExpired = "watch-expired";

    /// <summary>The metrics server does not answer.</summary>
    public const string MetricsDown = "metrics-down";

    /// <summary>Scrapes are missing while the fault lasts.</summary>
    public const string MetricsGap = "metrics-gap";

    /// <summary>Samples are NaN while the fault lasts.</summary>
    public const string MetricsNan = "metrics-nan";

    /// <summary>The target's counters start again from zero.</summary>
    public const string MetricsRestart = "metrics-restart";

    /// <summary>The data plane takes new weights magnitude seconds late.</summary>
    public const string RouteLag = "route-lag";

    /// <summary>All names, in the order of PROTOCOL.md.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        MigrationFailure, MigrationIncompatible, MigrationBlock, ServiceCommunication, PerformanceDegradation, ExternalService, ResourceExhaustion,
        ErrorRate, Latency, CrashLoop, NeverReady, Alert, ApiConflict, ApiThrottle, ApiError, ApiSlow, ApiUnreachable, ApiExpired, WatchDrop, WatchExpired,
        MetricsDown, MetricsGap, MetricsNan, MetricsRestart, RouteLag,
    ];

    /// <summary>The name that is most like <paramref name="text"/> (fewest letters to insert, drop or replace).</summary>
    public static string Nearest(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return All.MinBy(name => Distance(name, text))!;
    }

    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
